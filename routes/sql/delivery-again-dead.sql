UPDATE relay_delivery
   SET status = 'Pending',
       attempts = 0,
       next_attempt_at = :#now,
       last_error = NULL,
       claim = NULL
 WHERE sink = :#sink
   AND status = 'Dead'
