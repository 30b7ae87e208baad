-- a day of running time past their expiry and without an answer; none whose result is here and only waits to be settled
SELECT id, job_id, api, creation_time, expiration_time
  FROM relay_job
 WHERE status = 'InProgress'
   AND expires_at <= :#now
   AND unheard_at <= (SELECT t.n - 86400000 FROM relay_tally t WHERE t.name = 'running')
   AND NOT EXISTS (SELECT 1 FROM relay_callback c WHERE c.job = relay_job.id AND COALESCE(c.verdict, '') = 'New' OFFSET 0)
 ORDER BY expires_at
 LIMIT :#group_size
