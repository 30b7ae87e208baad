-- in one order, so that whoever changes many jobs waits for the others instead of locking them out
SELECT id, status
  FROM relay_job
 WHERE id IN (:#in:job)
   AND status IN ('Queued', 'InProgress', 'Expired')
 ORDER BY id
   FOR UPDATE
