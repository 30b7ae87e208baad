-- at most one hint a minute and job; only a job that the API knows can be polled
UPDATE relay_job
   SET hint = TRUE,
       hinted_at = :#now
 WHERE id = (SELECT k.job FROM relay_job_id k WHERE k.job_id = :#job_id)
   AND status = 'InProgress'
   AND (hinted_at IS NULL OR hinted_at + 60000 <= :#now)
