UPDATE relay_setting
   SET value_text = :#${variable.now.toString}
 WHERE name = 'alive.at'
