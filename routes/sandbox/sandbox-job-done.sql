-- the job has ended, or its callback was sent: only the holder of the claim may say so
UPDATE relay_sandbox_job
   SET status = :#status,
       completion_time = :#completion_time,
       response = COALESCE(:#response, response),
       next_result_at = NULL,
       next_callback_at = :#next_callback_at,
       callbacks = :#callbacks,
       repeats = :#repeats,
       claim = :#next_claim
 WHERE job_id = :#job_id
   AND claim = :#claim
