-- which sinks have dead deliveries, and in each row what keeps submits and polls waiting; one row where there are none
SELECT d.sink, d.n,
       (SELECT COUNT(*) FROM relay_setting s WHERE s.name = 'paused') AS paused,
       (SELECT a.paused_until FROM relay_api a WHERE a.server = :#server) AS paused_until,
       (SELECT CASE WHEN a.account_error IS NULL THEN a.token_error END FROM relay_api a WHERE a.server = :#server) AS token_error
  FROM (SELECT 1 AS one) o
  LEFT JOIN (SELECT sink, COUNT(*) AS n FROM relay_delivery WHERE status = 'Dead' GROUP BY sink) d ON o.one = 1
