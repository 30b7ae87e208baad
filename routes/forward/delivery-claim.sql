-- the same rows as were found due. + 0: looked up by job
UPDATE relay_delivery d
   SET claim = :#claim,
       next_attempt_at = :#lease_until,
       next_attempt_wait = CAST(:#lease_until AS BIGINT) - CAST(:#now AS BIGINT)
 WHERE d.job IN (:#in:jobs)
   AND d.sink = :#sink
   AND d.status = 'Pending'
   AND d.next_attempt_at + 0 <= :#upto
   AND (d.outcome = 1
        OR NOT EXISTS (SELECT 1 FROM relay_delivery p
                        WHERE p.job = d.job AND p.sink = d.sink AND p.outcome = 1 AND p.status = 'Pending'
                          AND (p.claim IS NOT NULL OR p.next_attempt_at + 0 <= :#now) OFFSET 0))
