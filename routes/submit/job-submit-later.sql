-- not taken: the API said so, for now or for good, or no connection could be made; only the latest submit of a job may say it. Or in doubt, as it was marked, and only the reason becomes known
UPDATE relay_job
   SET in_doubt = :#in_doubt,
       attempts = attempts - :#unsent,
       submit_delay = :#submit_delay,
       next_submit_at = COALESCE(:#next_submit_at, next_submit_at),
       next_submit_wait = COALESCE(:#next_submit_wait, next_submit_wait),
       last_error = :#last_error,
       claim = NULL
 WHERE id = :#id
   AND status = 'Queued'
   AND claim = :#claim
