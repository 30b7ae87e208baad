-- for one sink, that of the oldest, and oldest first; a claimed delivery is not due before its lease ends
SELECT d.job, d.sink
  FROM relay_delivery d
 WHERE d.next_attempt_at <= :#now
   AND d.status = 'Pending'
   AND d.sink = (SELECT f.sink
                   FROM relay_delivery f
                  WHERE f.next_attempt_at <= :#now
                    AND f.status = 'Pending'
                    AND f.sink IN (:#in:served)
                  ORDER BY f.next_attempt_at
                  LIMIT 1
                    FOR UPDATE SKIP LOCKED)
 ORDER BY d.next_attempt_at
 LIMIT :#batch
   FOR UPDATE SKIP LOCKED
