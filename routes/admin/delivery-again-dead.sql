-- locked in one order, should two ask at once
UPDATE relay_delivery
   SET status = 'Pending',
       attempts = 0,
       next_attempt_at = :#now,
       next_attempt_wait = 0,
       last_error = NULL,
       claim = NULL
 WHERE sink = :#sink
   AND status = 'Dead'
   AND job IN (SELECT job
                 FROM relay_delivery
                WHERE sink = :#sink
                  AND status = 'Dead'
                ORDER BY job, outcome
                  FOR UPDATE)
