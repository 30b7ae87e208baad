-- what has just been claimed, with the outcomes; a large one is read when its turn comes, by this statement again: the row of the first time says to read the whole
SELECT d.job, d.sink, d.outcome, d.attempts, d.claim, d.next_attempt_at AS lease_until, j.id, j.reference, j.metadata, j.accepted_at, c.status, c.via AS received_via,
       CASE WHEN c.id = j.gave_up_id THEN c.job_id ELSE j.job_id END AS job_id, k.job AS job_id_owner,
       c.job_id AS told_job_id, g.job_id AS first_job_id, (SELECT m.job FROM relay_job_id m WHERE m.job_id = g.job_id) AS first_job_id_owner,
       c.body_size, TRUE AS whole, CASE WHEN c.body_size <= 65536 OR TRUE IN (:#in:whole) THEN c.body END AS body,
       CASE WHEN c.id = j.gave_up_id THEN TRUE ELSE FALSE END AS replaced
  FROM relay_delivery d
  JOIN relay_job j ON j.id = d.job
  LEFT JOIN relay_callback c ON c.id = CASE WHEN d.outcome = 1 THEN COALESCE(j.gave_up_id, j.callback_id) ELSE j.callback_id END
  LEFT JOIN relay_job_id k ON k.job_id = CASE WHEN c.id = j.gave_up_id THEN c.job_id ELSE j.job_id END
  LEFT JOIN relay_callback g ON g.id = CASE WHEN d.outcome = 2 THEN j.gave_up_id END
 WHERE d.job IN (:#in:job)
   AND d.sink IN (:#in:sink)
   AND d.outcome IN (:#in:outcome)
   AND d.claim IN (:#in:claim)
 ORDER BY d.job
