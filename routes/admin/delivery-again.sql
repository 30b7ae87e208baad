-- a sink that is no longer configured gets nothing again, and of two outcomes the second is sent
UPDATE relay_delivery
   SET status = 'Pending',
       attempts = 0,
       next_attempt_at = :#now,
       next_attempt_wait = 0,
       delivered_at = NULL,
       last_error = NULL,
       claim = NULL
 WHERE job = :#id
   AND sink IN (SELECT s.name FROM relay_sink s)
   AND outcome = (SELECT CASE WHEN j.gave_up_id IS NULL THEN 1 ELSE 2 END FROM relay_job j WHERE j.id = :#id)
