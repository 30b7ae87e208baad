-- a job is due for its result, or later for its callback
(SELECT job_id
   FROM relay_sandbox_job
  WHERE next_result_at <= :#now
    AND expires_at > :#now
  ORDER BY next_result_at
  LIMIT 16)
UNION ALL
(SELECT job_id
   FROM relay_sandbox_job
  WHERE next_callback_at <= :#now
    AND expires_at > :#now
  ORDER BY next_callback_at
  LIMIT 16)
