-- nothing to change when the job has ended meanwhile
UPDATE relay_job
   SET next_poll_at = :#now,
       next_poll_wait = 0
 WHERE id = :#id
   AND status = 'InProgress'
   AND job_id IS NOT NULL
