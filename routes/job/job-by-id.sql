-- by the relay's own id, and only then by a jobId, so that no jobId can hide a job
SELECT j.id, j.api, j.reference, OCTET_LENGTH(j.metadata) AS metadata_size, j.job_id, j.status, j.accepted_at, j.creation_time,
       j.completion_time, j.expiration_time, j.received_via, j.attempts, j.next_poll_at, j.last_error, j.resubmit_of, j.gave_up_id, j.missed,
       OCTET_LENGTH(j.request) AS request_size
  FROM relay_job j
 WHERE j.id = COALESCE((SELECT o.id FROM relay_job o WHERE o.id = :#id), (SELECT k.job FROM relay_job_id k WHERE k.job_id = :#id))
