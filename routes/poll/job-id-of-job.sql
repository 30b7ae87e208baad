-- every jobId the API ever gave for a job
SELECT job_id
  FROM relay_job_id
 WHERE job = :#id
