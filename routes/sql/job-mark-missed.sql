-- all get the same turn, so that the oldest expiry comes first
UPDATE relay_job
   SET missed = TRUE,
       next_poll_at = :#now
 WHERE status = 'InProgress'
   AND job_id IS NOT NULL
   AND server = :#server
   AND accepted_at <= :#before
