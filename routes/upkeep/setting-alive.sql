SELECT value_text
  FROM relay_setting
 WHERE name = 'alive.at'
