-- what decides about callbacks before they are stored: whose their jobIds are, what each job that has ended ended by, and which still want a result
SELECT k.job_id, k.job, CAST(NULL AS CHAR(64)) AS ended_by, FALSE AS wanting
  FROM relay_job_id k
 WHERE k.job_id IN (:#in:job_id)
 UNION ALL
SELECT NULL, j.id, c.body_sha256, j.callback_id IS NULL OR (j.status = 'Expired' AND j.received_via = 'relay')
  FROM relay_job j
  LEFT JOIN relay_callback c ON c.id = j.callback_id
 WHERE j.id IN (:#in:job)
