-- the jobs that wait for the account, or its token; in the order in which settling locks them
SELECT id, CAST(:#reason AS VARCHAR(1000)) AS last_error
  FROM relay_job
 WHERE (status = 'Queued' AND next_submit_at <= :#now AND in_doubt = FALSE)
    OR (status = 'InProgress' AND next_poll_at <= :#now AND server = :#server)
 ORDER BY id
