-- what another has claimed meanwhile is not due any more
UPDATE relay_sandbox_job
   SET claim = :#claim,
       next_result_at = CASE WHEN next_result_at <= :#now THEN CAST(:#lease_until AS BIGINT) ELSE next_result_at END,
       next_callback_at = CASE WHEN next_callback_at <= :#now THEN CAST(:#lease_until AS BIGINT) ELSE next_callback_at END
 WHERE job_id = :#job_id
   AND (next_result_at <= :#now OR next_callback_at <= :#now)
