INSERT INTO relay_job_id (job_id, job)
VALUES (:#job_id, :#id)
