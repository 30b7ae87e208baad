-- an ended job with the body of the callback that ended it
SELECT j.id, j.job_id, j.reference, j.metadata, j.status, j.received_via, j.accepted_at,
       k.job AS job_id_owner, c.body
  FROM relay_job j
  LEFT JOIN relay_job_id k ON k.job_id = j.job_id
  JOIN relay_callback c ON c.id = j.callback_id
 WHERE j.id = :#job
