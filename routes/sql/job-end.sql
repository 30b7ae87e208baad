-- the one guarded statement that ends a job: whoever comes second finds nothing to change
UPDATE relay_job
   SET status = :#status,
       ended_at = :#now,
       received_via = :#via,
       callback_id = :#id,
       job_id = COALESCE(:#job_id, job_id),
       creation_time = COALESCE(:#creation_time, creation_time),
       completion_time = COALESCE(:#completion_time, completion_time),
       expiration_time = COALESCE(:#expiration_time, expiration_time),
       expires_at = COALESCE(:#expires_at, expires_at),
       last_error = :#note,
       in_doubt = FALSE,
       hint = FALSE,
       next_submit_at = NULL,
       next_poll_at = NULL,
       claim = NULL
 WHERE id = :#job
   AND status IN ('Queued', 'InProgress')
