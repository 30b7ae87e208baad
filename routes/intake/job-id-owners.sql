-- which jobs the named jobIds belong to
SELECT job_id, job
  FROM relay_job_id
 WHERE job_id IN (:#in:job_ids)
