-- whether any waits is enough to know while many do
SELECT (SELECT COUNT(*) FROM (SELECT id FROM relay_job WHERE missed = TRUE AND status = 'InProgress' LIMIT 1) one) AS waiting,
       (SELECT COUNT(*) FROM relay_job WHERE missed = TRUE AND status IN ('Success', 'Fail') AND received_via = 'poll') AS found
