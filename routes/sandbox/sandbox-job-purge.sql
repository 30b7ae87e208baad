-- what the API would have forgotten
DELETE FROM relay_sandbox_job
 WHERE expires_at <= :#now
