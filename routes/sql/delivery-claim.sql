UPDATE relay_delivery
   SET claim = :#claim,
       next_attempt_at = :#lease_until
 WHERE job = :#job
   AND sink = :#sink
