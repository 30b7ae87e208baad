-- ordered as the index is
SELECT j.id, j.api, j.reference, OCTET_LENGTH(j.metadata) AS metadata_size, j.job_id, j.status, j.accepted_at, j.creation_time,
       j.completion_time, j.expiration_time, j.received_via, j.attempts, j.next_poll_at, j.last_error, j.resubmit_of, j.gave_up_id
  FROM relay_job j
 WHERE j.reference = :#reference
   AND j.id < :#after
   AND j.status IN (:#in:statuses)
 ORDER BY j.reference DESC, j.id DESC
 LIMIT :#rows
