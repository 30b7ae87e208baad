-- the job, as long as this claim holds it
SELECT job_id, api, request, webhook, status, creation_time, completion_time, expiration_time, expires_at, response,
       callbacks, repeats, claim
  FROM relay_sandbox_job
 WHERE job_id = :#job_id
   AND claim = :#claim
