SELECT (SELECT COUNT(*) FROM relay_job WHERE missed = TRUE AND status = 'InProgress') AS waiting,
       (SELECT COUNT(*) FROM relay_job WHERE missed = TRUE AND status IN ('Success', 'Fail') AND received_via = 'poll') AS found
