-- whoever holds the job's URL has it polled at once, and where the relay has given the job up out of turn; a hint, which has only a jobId, is always out of turn. At most once a minute, of which one that lies ahead is of a clock that was put back since
UPDATE relay_job
   SET next_poll_at = CASE WHEN CAST(:#job AS VARCHAR(36)) IS NOT NULL AND next_poll_at > :#now THEN :#now ELSE next_poll_at END,
       next_poll_wait = CASE WHEN CAST(:#job AS VARCHAR(36)) IS NOT NULL THEN 0 ELSE next_poll_wait END,
       hint = CASE WHEN CAST(:#job AS VARCHAR(36)) IS NULL OR status = 'Expired' THEN TRUE ELSE hint END,
       hinted_at = :#now
 WHERE id = COALESCE(CAST(:#job AS VARCHAR(36)), (SELECT k.job FROM relay_job_id k WHERE k.job_id = :#job_id))
   AND (status = 'InProgress' OR (CAST(:#job AS VARCHAR(36)) IS NOT NULL AND status = 'Expired' AND received_via = 'relay'))
   AND job_id IS NOT NULL
   AND (hinted_at IS NULL OR hinted_at + 60000 <= :#now OR hinted_at > :#now)
