-- oldest first; a claimed delivery is not due before its lease ends
SELECT d.job
  FROM relay_delivery d
 WHERE d.next_attempt_at BETWEEN 0 AND :#upto
   AND COALESCE(d.status, '') = 'Pending'
   AND COALESCE(d.sink, '') = :#sink
 ORDER BY d.next_attempt_at
 LIMIT :#batch
   FOR UPDATE SKIP LOCKED
