UPDATE relay_setting
   SET value_text = CAST(CAST(:#now AS BIGINT) AS VARCHAR(20))
 WHERE name = 'alive.at'
