-- a callback that overtook this answer has ended the job already: then only its missing jobId is filled in
UPDATE relay_job
   SET job_id = CASE WHEN status = 'Queued' THEN :#job_id ELSE COALESCE(job_id, :#job_id) END,
       expires_at = COALESCE(expires_at, :#expires_at),
       expiration_time = COALESCE(expiration_time, :#expiration_time),
       next_poll_at = CASE WHEN status = 'Queued' THEN :#next_poll_at ELSE next_poll_at END,
       next_poll_wait = CASE WHEN status = 'Queued' THEN :#poll_delay ELSE next_poll_wait END,
       poll_delay = CASE WHEN status = 'Queued' THEN :#poll_delay ELSE poll_delay END,
       in_doubt = FALSE,
       submit_delay = 0,
       next_submit_at = NULL,
       last_error = CASE WHEN status = 'Queued' THEN NULL ELSE last_error END,
       claim = CASE WHEN status = 'Queued' THEN NULL ELSE claim END,
       status = CASE WHEN status = 'Queued' THEN 'InProgress' ELSE status END
 WHERE id = :#id
   AND (status <> 'Queued' OR claim = :#claim)
