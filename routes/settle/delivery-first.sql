-- where the first outcome of a job has not reached its sink, it is tried no later than the second, so that it goes before that one
UPDATE relay_delivery d
   SET (next_attempt_at, next_attempt_wait)
     = (SELECT s.next_attempt_at, s.next_attempt_wait
          FROM relay_delivery s
         WHERE s.job = d.job
           AND s.sink = d.sink
           AND s.outcome = 2)
 WHERE d.job IN (:#in:job)
   AND d.outcome = 1
   AND d.status = 'Pending'
   AND d.claim IS NULL
   AND EXISTS (SELECT 1 FROM relay_delivery s
                WHERE s.job = d.job AND s.sink = d.sink AND s.outcome = 2 AND s.status = 'Pending' AND s.next_attempt_at + 0 < d.next_attempt_at + 0)
