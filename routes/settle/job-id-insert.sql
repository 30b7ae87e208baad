-- both the first and the later jobId of a resent submit find the job
INSERT INTO relay_job_id (job_id, job)
SELECT c.job_id, MIN(j.id)
  FROM relay_callback c
  JOIN relay_job j ON j.id = c.job
 WHERE c.id IN (:#in:id)
   AND c.job_id IS NOT NULL
   AND NOT EXISTS (SELECT 1 FROM relay_job_id k WHERE k.job_id = c.job_id OFFSET 0)
 GROUP BY c.job_id
