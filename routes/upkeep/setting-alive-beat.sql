UPDATE relay_setting
   SET value_text = :#beat
 WHERE name = 'alive.at'
