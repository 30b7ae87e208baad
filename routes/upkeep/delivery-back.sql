-- no delivery waits for longer than it was to: the clock that set its time was ahead of this one. + 0: looked up by job
UPDATE relay_delivery
   SET next_attempt_at = CAST(:#now AS BIGINT) + COALESCE(next_attempt_wait, 3600000)
 WHERE job IN (SELECT job
                 FROM (SELECT job
                         FROM relay_delivery
                        WHERE next_attempt_at > :#now
                          AND next_attempt_at - COALESCE(next_attempt_wait, 3600000) > :#now
                        ORDER BY next_attempt_at DESC
                        LIMIT :#group_size) f
                ORDER BY job)
   AND next_attempt_at + 0 > :#now
   AND next_attempt_at - COALESCE(next_attempt_wait, 3600000) > :#now
