-- the sandbox's clock is this one: its jobs end, and are forgotten, when they were to
UPDATE relay_sandbox_job
   SET next_result_at = next_result_at + CAST(:#step AS BIGINT),
       next_callback_at = next_callback_at + CAST(:#step AS BIGINT),
       expires_at = expires_at + CAST(:#step AS BIGINT)
 WHERE expires_at > :#old
   AND CAST(:#step AS BIGINT) <> 0
