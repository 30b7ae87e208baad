UPDATE relay_delivery
   SET claim = :#claim,
       next_attempt_at = :#lease_until,
       next_attempt_wait = CAST(:#lease_until AS BIGINT) - CAST(:#now AS BIGINT)
 WHERE job = :#job
   AND sink = :#sink
   AND outcome = :#outcome
   AND status = 'Pending'
