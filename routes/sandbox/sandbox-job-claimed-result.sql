-- what this claim has got
SELECT job_id, claim
  FROM relay_sandbox_job
 WHERE next_result_at = :#lease_until
   AND claim = :#claim
