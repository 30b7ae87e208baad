-- named by somebody who could not prove to be the API, or given up and called back all the same: polled out of turn, inside the hints' share of the budget
SELECT id, 'hint' AS kind, job_id, api, reference, accepted_at, creation_time, expiration_time,
       CASE WHEN status = 'Expired' THEN NULL ELSE expires_at END AS expires_at, next_poll_at, poll_delay, missed,
       CASE WHEN status = 'Expired' THEN 0 ELSE not_found END AS not_found,
       CASE WHEN status = 'Expired' THEN NULL ELSE not_found_at END AS not_found_at,
       CASE WHEN status = 'Expired' THEN NULL ELSE not_found_run END AS not_found_run,
       CASE WHEN status = 'Expired' THEN NULL ELSE overdue_at END AS overdue_at, last_error
  FROM relay_job
 WHERE hint = TRUE
   AND COALESCE(status, '') IN ('InProgress', 'Expired')
   AND job_id IS NOT NULL
   AND server = :#server
 ORDER BY hinted_at
 LIMIT :#${bean:relay-hands-poll?method=hints}
   FOR UPDATE SKIP LOCKED
