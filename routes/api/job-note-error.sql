-- the jobs that wait for the account, or its token, say so
UPDATE relay_job
   SET last_error = :#reason
 WHERE (status = 'Queued' AND next_submit_at <= :#now AND in_doubt = FALSE)
    OR (status = 'InProgress' AND next_poll_at <= :#now AND server = :#server)
