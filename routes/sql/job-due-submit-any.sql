-- is there anything to submit? One look at the index
SELECT id
  FROM relay_job
 WHERE next_submit_at <= :#now
   AND status = 'Queued'
 LIMIT 1
