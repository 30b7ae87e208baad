-- whether a poll has found that it has ended; in the order in which settling locks them
SELECT id, CASE WHEN status IN ('Success', 'Fail') AND received_via = 'poll' THEN TRUE ELSE FALSE END AS found
  FROM relay_job
 WHERE missed = TRUE
   AND status <> 'InProgress'
 ORDER BY id
