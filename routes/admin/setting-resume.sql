DELETE FROM relay_setting
 WHERE name = 'paused'
