SELECT job, sink, outcome, status, attempts, next_attempt_at, delivered_at, last_error
  FROM relay_delivery
 WHERE job IN (:#in:ids)
 ORDER BY job, sink, outcome
