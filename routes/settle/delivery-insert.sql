-- one delivery per sink, for the callbacks that ended their jobs and for no others. OFFSET 0: looked up by job, whatever the statistics say
INSERT INTO relay_delivery (job, sink, outcome, status, next_attempt_at, next_attempt_wait)
SELECT j.id, s.name, CASE WHEN j.gave_up_id IS NULL THEN 1 ELSE 2 END, 'Pending', j.ended_at, 0
  FROM relay_job j
 CROSS JOIN relay_sink s
 WHERE j.callback_id IN (:#in:id)
   AND NOT EXISTS (SELECT 1 FROM relay_delivery d
                    WHERE d.job = j.id AND d.sink = s.name AND d.outcome = CASE WHEN j.gave_up_id IS NULL THEN 1 ELSE 2 END OFFSET 0)
