-- somebody who holds the job's URL sent what could not be read: the API is asked instead, at most once a minute; where the relay has given the job up, out of turn
UPDATE relay_job
   SET next_poll_at = CASE WHEN next_poll_at > :#now THEN :#now ELSE next_poll_at END,
       next_poll_wait = 0,
       hint = CASE WHEN status = 'Expired' THEN TRUE ELSE hint END,
       hinted_at = :#now
 WHERE id = :#job
   AND (status = 'InProgress' OR (status = 'Expired' AND received_via = 'relay'))
   AND job_id IS NOT NULL
   AND (hinted_at IS NULL OR hinted_at + 60000 <= :#now OR hinted_at > :#now)
