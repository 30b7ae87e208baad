-- what fell due while nobody was there to take its callback, or only by a clock that was put ahead meanwhile, waits once more before it is sent again
UPDATE relay_job
   SET next_submit_at = CAST(:#now AS BIGINT) + COALESCE(next_submit_wait, 900000)
 WHERE status = 'Queued'
   AND in_doubt = TRUE
   AND next_submit_at > :#seen
   AND next_submit_at <= :#now
