-- only the holder of the claim may say so
UPDATE relay_sandbox_job
   SET callbacks = :#callbacks,
       repeats = :#repeats,
       next_callback_at = :#next_callback_at,
       claim = NULL
 WHERE job_id = :#job_id
   AND claim = :#claim
