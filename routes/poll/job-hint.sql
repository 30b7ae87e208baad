-- at most one hint a minute and job, of which one that lies ahead was taken by a clock that has been put back since; only a job that the API knows can be polled
UPDATE relay_job
   SET hint = TRUE,
       hinted_at = :#now
 WHERE id = (SELECT k.job FROM relay_job_id k WHERE k.job_id = :#job_id)
   AND status = 'InProgress'
   AND (hinted_at IS NULL OR hinted_at + 60000 <= :#now OR hinted_at > :#now)
