-- named by somebody who could not prove to be the API: polled out of turn, inside the hints' share of the budget
SELECT id, 'hint' AS kind, job_id, api, reference, accepted_at, creation_time, expiration_time, expires_at, next_poll_at, poll_delay, missed, not_found, last_error
  FROM relay_job
 WHERE hint = TRUE
   AND COALESCE(status, '') = 'InProgress'
   AND job_id IS NOT NULL
   AND server = :#server
 ORDER BY hinted_at
 LIMIT :#hints
   FOR UPDATE SKIP LOCKED
