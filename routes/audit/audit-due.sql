-- an open job that nothing would ever look at again is lost, though its row is there
SELECT j.id AS job,
       'it is ' || j.status || ', and nothing is due that could end it' AS detail,
       COUNT(*) OVER () AS total
  FROM relay_job j
 WHERE (j.status = 'Queued' AND j.next_submit_at IS NULL)
    OR (j.status = 'InProgress' AND (j.expires_at IS NULL OR (j.job_id IS NOT NULL AND j.next_poll_at IS NULL)))
 ORDER BY j.id
 LIMIT :#listed
