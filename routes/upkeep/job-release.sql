-- a job marked as sent stays in doubt until its wait is over
UPDATE relay_job
   SET next_submit_wait = CASE WHEN status = 'Queued' AND in_doubt = FALSE THEN 0 ELSE next_submit_wait END,
       next_submit_at = CASE WHEN status = 'Queued' AND in_doubt = FALSE THEN :#now ELSE next_submit_at END,
       next_poll_wait = 0,
       next_poll_at = CASE WHEN status = 'InProgress' THEN :#now ELSE next_poll_at END,
       claim = NULL
 WHERE claim LIKE :#dead
   AND claim NOT LIKE :#mine
   AND status IN ('Queued', 'InProgress')
