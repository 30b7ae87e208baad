-- a sink that is no longer configured gets nothing again
UPDATE relay_delivery
   SET status = 'Pending',
       attempts = 0,
       next_attempt_at = :#now,
       delivered_at = NULL,
       last_error = NULL,
       claim = NULL
 WHERE job = :#id
   AND sink IN (SELECT s.name FROM relay_sink s)
