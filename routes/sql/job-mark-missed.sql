-- all get the same turn, so that the oldest expiry comes first; locked in the order in which settling locks them
UPDATE relay_job
   SET missed = TRUE,
       next_poll_at = :#now
 WHERE id IN (SELECT id
                FROM relay_job
               WHERE status = 'InProgress'
                 AND job_id IS NOT NULL
                 AND server = :#server
                 AND accepted_at <= :#before
               ORDER BY id
                 FOR UPDATE)
