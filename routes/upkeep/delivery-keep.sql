-- a delivery that is under way stays so until its lease ends
UPDATE relay_delivery
   SET next_attempt_wait = next_attempt_at - CAST(:#old AS BIGINT),
       next_attempt_at = next_attempt_at + CAST(:#step AS BIGINT)
 WHERE next_attempt_at > :#old
   AND next_attempt_at <= :#leases_until
   AND next_attempt_at - COALESCE(next_attempt_wait, 0) <= :#old
   AND claim IS NOT NULL
