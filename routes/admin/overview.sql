-- what keeps submits and polls waiting; a row also where nothing does
SELECT (SELECT COUNT(*) FROM relay_setting s WHERE s.name = 'paused') AS paused,
       (SELECT a.paused_until FROM relay_api a WHERE a.server = :#server) AS paused_until,
       (SELECT CASE WHEN a.account_error IS NULL THEN a.token_error END FROM relay_api a WHERE a.server = :#server) AS token_error
