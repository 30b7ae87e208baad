-- the oldest terminal callbacks nobody has settled; the lock ends with the transaction that settles them
SELECT id, job, via, status, job_id, note, creation_time, completion_time, expiration_time, expires_at, body_sha256
  FROM relay_callback
 WHERE verdict = 'New'
 ORDER BY id
 LIMIT 200
   FOR UPDATE SKIP LOCKED
