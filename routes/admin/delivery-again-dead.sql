-- no list of jobs: H2 would make it anew for each row
UPDATE relay_delivery
   SET status = 'Pending',
       attempts = 0,
       next_attempt_at = :#now,
       next_attempt_wait = 0,
       last_error = NULL,
       claim = NULL
 WHERE sink = :#sink
   AND status = 'Dead'
