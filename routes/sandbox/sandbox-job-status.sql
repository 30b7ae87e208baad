-- an expired job is forgotten, whether its row is still there or not
SELECT job_id, api, status, creation_time, completion_time, expiration_time, response
  FROM relay_sandbox_job
 WHERE job_id = :#jobId
   AND status <> 'Refused'
   AND expires_at > :#now
