-- the jobs that wait for a token say so
UPDATE relay_job
   SET last_error = :#token_error
 WHERE status = 'Queued'
   AND next_submit_at <= :#now
   AND in_doubt = FALSE
