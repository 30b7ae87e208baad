-- nothing to change when the job has ended meanwhile. Of those that were missed all get about the same turn, so that the oldest expiry comes first
UPDATE relay_job
   SET missed = :#missed,
       next_poll_at = :#now,
       next_poll_wait = 0
 WHERE id = :#id
   AND status = 'InProgress'
   AND job_id IS NOT NULL
