-- not asked after all: due as before
UPDATE relay_job
   SET next_poll_at = :#next_poll_at,
       next_poll_wait = 0,
       claim = NULL
 WHERE id = :#id
   AND status = 'InProgress'
   AND claim = :#claim
