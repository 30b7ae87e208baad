-- all get about the same turn, so that the oldest expiry comes first
UPDATE relay_job
   SET missed = TRUE,
       next_poll_at = :#now,
       next_poll_wait = 0
 WHERE id = :#id
   AND status = 'InProgress'
