-- is there anything to submit? One look at the index
SELECT id
  FROM relay_job
 WHERE next_submit_at <= :#now
   AND status = 'Queued'
 ORDER BY next_submit_at
 LIMIT 1
