-- the jobs that wait for a token say so; locked in the order in which settling locks them
UPDATE relay_job
   SET last_error = :#token_error
 WHERE id IN (SELECT id
                FROM relay_job
               WHERE status = 'Queued'
                 AND next_submit_at <= :#now
                 AND in_doubt = FALSE
               ORDER BY id
                 FOR UPDATE)
