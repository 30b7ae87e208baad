-- an ended job with the body of the callback that ended it; where that was the second outcome, also by which name the first one went
SELECT j.id, j.job_id, j.reference, j.metadata, j.status, j.received_via, j.accepted_at,
       k.job AS job_id_owner, CASE WHEN j.gave_up_id IS NULL THEN 1 ELSE 2 END AS outcome,
       c.job_id AS told_job_id, g.job_id AS first_job_id, (SELECT m.job FROM relay_job_id m WHERE m.job_id = g.job_id) AS first_job_id_owner, c.body
  FROM relay_job j
  LEFT JOIN relay_job_id k ON k.job_id = j.job_id
  JOIN relay_callback c ON c.id = j.callback_id
  LEFT JOIN relay_callback g ON g.id = j.gave_up_id
 WHERE j.id = :#job
