-- what has just been claimed, with the outcomes; a large one is read when its turn comes
SELECT d.job, d.sink, d.attempts, d.claim, j.id, j.job_id, j.reference, j.metadata, j.status, j.received_via, j.accepted_at,
       k.job AS job_id_owner, c.body_size, CASE WHEN c.body_size <= 65536 THEN c.body END AS body
  FROM relay_delivery d
  JOIN relay_job j ON j.id = d.job
  LEFT JOIN relay_job_id k ON k.job_id = j.job_id
  LEFT JOIN relay_callback c ON c.id = j.callback_id
 WHERE d.job IN (:#in:jobs)
   AND d.sink = :#sink
   AND d.claim = :#claim
 ORDER BY d.job
