-- where the first outcome of a job has not reached its sink when the second comes, it is tried at once, so that it goes before that one
UPDATE relay_delivery
   SET next_attempt_at = :#now,
       next_attempt_wait = 0
 WHERE job IN (SELECT j.id FROM relay_job j WHERE j.callback_id IN (:#in:id) AND j.gave_up_id IS NOT NULL)
   AND outcome = 1
   AND status = 'Pending'
   AND claim IS NULL
   AND next_attempt_at + 0 > :#now
