-- which of these jobs still have use for a result: the open ones, and those the relay itself had given up
SELECT id
  FROM relay_job
 WHERE id IN (:#in:with_large)
   AND (status IN ('Queued', 'InProgress') OR (status = 'Expired' AND received_via = 'relay'))
