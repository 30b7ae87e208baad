-- oldest first; a claimed delivery is not due before its lease ends
SELECT job, sink, attempts
  FROM relay_delivery
 WHERE next_attempt_at <= :#now
   AND status = 'Pending'
   AND sink IN (:#in:served)
 ORDER BY next_attempt_at
 LIMIT :#batch
   FOR UPDATE SKIP LOCKED
