-- the oldest terminal callback of each job that nobody has settled. The lock ends with the transaction that settles it. A later one of the
-- same job waits its turn, also while another settler holds the earlier: what was recorded first counts
SELECT c.id, c.job, c.via, c.status, c.job_id, c.note, c.creation_time, c.completion_time, c.expiration_time, c.expires_at, c.body_sha256
  FROM relay_callback c
 WHERE c.verdict = 'New'
   AND NOT EXISTS (SELECT 1 FROM relay_callback e WHERE e.job = c.job AND e.verdict = 'New' AND e.id < c.id)
 ORDER BY c.id
 LIMIT 200
   FOR UPDATE SKIP LOCKED
