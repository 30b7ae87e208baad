UPDATE relay_delivery
   SET claim = :#claim,
       next_attempt_at = :#lease_until
 WHERE job IN (:#in:jobs)
   AND sink = :#sink
