-- for the log: what became of each callback of a group
SELECT c.job, c.verdict, c.status, c.via, c.note, (SELECT j.reference FROM relay_job j WHERE j.id = c.job) AS reference
  FROM relay_callback c
 WHERE c.id IN (:#in:ids)
 ORDER BY c.id
