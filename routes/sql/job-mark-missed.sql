-- all get about the same turn, so that the oldest expiry comes first
UPDATE relay_job
   SET missed = TRUE,
       next_poll_at = :#now
 WHERE id = :#id
   AND status = 'InProgress'
