-- all of them, those of a status, or those of a reference, each list in the order of its index; nothing is less than no id, so two of them are empty
(SELECT j.id, j.api, j.reference, OCTET_LENGTH(j.metadata) AS metadata_size, j.job_id, j.status, j.accepted_at, j.creation_time,
        j.completion_time, j.expiration_time, j.received_via, j.attempts, j.next_poll_at, j.last_error, j.resubmit_of, j.gave_up_id
   FROM relay_job j
  WHERE j.id < :#after_of_all
  ORDER BY j.id DESC
  LIMIT :#rows)
UNION ALL
(SELECT j.id, j.api, j.reference, OCTET_LENGTH(j.metadata) AS metadata_size, j.job_id, j.status, j.accepted_at, j.creation_time,
        j.completion_time, j.expiration_time, j.received_via, j.attempts, j.next_poll_at, j.last_error, j.resubmit_of, j.gave_up_id
   FROM relay_job j
  WHERE j.status = :#status
    AND j.id < :#after_of_status
  ORDER BY j.status DESC, j.id DESC
  LIMIT :#rows)
UNION ALL
(SELECT j.id, j.api, j.reference, OCTET_LENGTH(j.metadata) AS metadata_size, j.job_id, j.status, j.accepted_at, j.creation_time,
        j.completion_time, j.expiration_time, j.received_via, j.attempts, j.next_poll_at, j.last_error, j.resubmit_of, j.gave_up_id
   FROM relay_job j
  WHERE j.reference = :#reference
    AND j.status = COALESCE(:#status, j.status)
    AND j.id < :#after_of_reference
  ORDER BY j.reference DESC, j.id DESC
  LIMIT :#rows)
