SELECT id, metadata
  FROM relay_job
 WHERE id IN (:#in:ids)
