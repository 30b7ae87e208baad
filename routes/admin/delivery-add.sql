-- a sink that was configured after the job had ended
INSERT INTO relay_delivery (job, sink, outcome, status, next_attempt_at, next_attempt_wait)
SELECT j.id, s.name, CASE WHEN j.gave_up_id IS NULL THEN 1 ELSE 2 END, 'Pending', CAST(:#now AS BIGINT), 0
  FROM relay_job j
 CROSS JOIN relay_sink s
 WHERE j.id = :#id
   AND NOT EXISTS (SELECT 1 FROM relay_delivery d
                    WHERE d.job = j.id AND d.sink = s.name AND d.outcome = CASE WHEN j.gave_up_id IS NULL THEN 1 ELSE 2 END)
