-- only the holder of the claim may say so
UPDATE relay_delivery
   SET status = 'Delivered',
       delivered_at = :#now,
       attempts = attempts + 1,
       next_attempt_at = NULL,
       claim = NULL,
       last_error = NULL
 WHERE job = :#job
   AND sink = :#sink
   AND outcome = :#outcome
   AND claim = :#claim
