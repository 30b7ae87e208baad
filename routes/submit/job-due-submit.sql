-- longest due first; none while the relay is paused, and none whose result is here and only waits to be settled. A request is in memory twice
SELECT id, 'submit' AS kind, intake, api, 2 * OCTET_LENGTH(request) AS body_size, media, reference, job_id, creation_time, expiration_time, submit_delay, last_error
  FROM relay_job
 WHERE next_submit_at <= :#now
   AND status = 'Queued'
   AND NOT EXISTS (SELECT 1 FROM relay_setting s WHERE s.name = 'paused')
   AND NOT EXISTS (SELECT 1 FROM relay_callback c WHERE c.job = relay_job.id AND COALESCE(c.verdict, '') = 'New' OFFSET 0)
 ORDER BY next_submit_at
 LIMIT :#${bean:relay-hands-submit?method=most}
   FOR UPDATE SKIP LOCKED
