-- jobs that the same key made before, and jobs that have one of these jobIds
SELECT 'key' AS found_by, j.idempotency_key AS name, j.id, j.request_sha256, j.reference, j.metadata
  FROM relay_job j
 WHERE j.idempotency_key IN (:#in:idempotency_key)
UNION ALL
SELECT 'jobId' AS found_by, k.job_id AS name, j.id, j.request_sha256, j.reference, j.metadata
  FROM relay_job_id k
  JOIN relay_job j ON j.id = k.job
 WHERE k.job_id IN (:#in:job_id)
