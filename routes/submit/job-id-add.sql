-- nothing where the API gave none
INSERT INTO relay_job_id (job_id, job)
SELECT :#job_id, j.id
  FROM relay_job j
 WHERE j.id = :#id
   AND CAST(:#job_id AS VARCHAR(512)) IS NOT NULL
   AND NOT EXISTS (SELECT 1 FROM relay_job_id k WHERE k.job_id = :#job_id)
