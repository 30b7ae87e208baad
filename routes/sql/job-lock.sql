-- in one order, so that whoever changes many jobs waits for the others instead of locking them out
SELECT id
  FROM relay_job
 WHERE id IN (:#in:jobs)
   AND status IN ('Queued', 'InProgress')
 ORDER BY id
   FOR UPDATE
