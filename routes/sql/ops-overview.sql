-- what keeps submits and polls waiting; a row also where nothing does
SELECT (SELECT COUNT(*) FROM relay_setting s WHERE s.name = 'paused') AS paused,
       (SELECT a.paused_until FROM relay_api a WHERE a.server = :#server) AS paused_until,
       (SELECT a.token_error FROM relay_api a WHERE a.server = :#server) AS token_error
