-- for the log: what became of each callback of a group
SELECT c.job, c.verdict, c.status, c.via, c.note, j.reference, CASE WHEN j.callback_id = c.id AND j.gave_up_id IS NOT NULL THEN 2 ELSE 1 END AS outcome
  FROM relay_callback c
  LEFT JOIN relay_job j ON j.id = c.job
 WHERE c.id IN (:#in:id)
 ORDER BY c.id
