-- an ended job with the callback that ended it, but for the body, which is read in pieces
SELECT j.id, j.job_id, j.reference, j.metadata, j.status, j.received_via, j.accepted_at,
       CASE WHEN j.gave_up_id IS NULL THEN 1 ELSE 2 END AS outcome, c.id AS callback_id, c.job_id AS told_job_id,
       c.body_size,
       OCTET_LENGTH(c.body) AS stored_bytes
  FROM relay_job j
  JOIN relay_callback c ON c.id = j.callback_id
 WHERE j.id = :#id
