-- longest due first; a job is asked for only at the server that has it
SELECT id, 'poll' AS kind, job_id, api, reference, accepted_at, creation_time, expiration_time, expires_at, next_poll_at, poll_delay, missed, not_found, not_found_at, not_found_run, overdue_at, last_error
  FROM relay_job
 WHERE next_poll_at BETWEEN 0 AND :#now
   AND COALESCE(status, '') = 'InProgress'
   AND job_id IS NOT NULL
   AND server = :#server
 ORDER BY next_poll_at, expires_at
 LIMIT :#${bean:relay-hands-poll?method=most}
   FOR UPDATE SKIP LOCKED
