-- oldest first; a claimed delivery is not due before its lease ends
SELECT d.job, d.sink, d.attempts,
       (SELECT j.reference FROM relay_job j WHERE j.id = d.job) AS reference,
       (SELECT c.body_size FROM relay_callback c JOIN relay_job j ON j.callback_id = c.id WHERE j.id = d.job) AS body_size
  FROM relay_delivery d
 WHERE d.next_attempt_at <= :#now
   AND d.status = 'Pending'
   AND d.sink IN (:#in:served)
 ORDER BY d.next_attempt_at
 LIMIT :#batch
   FOR UPDATE SKIP LOCKED
