-- media that jobs need which have not ended
SELECT DISTINCT media
  FROM relay_job
 WHERE status IN ('Queued', 'InProgress')
   AND media IS NOT NULL
