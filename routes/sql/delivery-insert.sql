-- one delivery per sink, for the callbacks that ended their jobs and for no others. OFFSET 0: looked up by job, whatever the statistics say
INSERT INTO relay_delivery (job, sink, status, next_attempt_at)
SELECT j.id, s.name, 'Pending', j.ended_at
  FROM relay_job j
 CROSS JOIN relay_sink s
 WHERE j.callback_id IN (:#in:ids)
   AND NOT EXISTS (SELECT 1 FROM relay_delivery d WHERE d.job = j.id AND d.sink = s.name OFFSET 0)
