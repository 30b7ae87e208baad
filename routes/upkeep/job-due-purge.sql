-- ended longer ago than they are kept, and every outcome delivered or dead
SELECT j.id
  FROM relay_job j
 WHERE j.ended_at BETWEEN 0 AND CAST(:#now AS BIGINT) - CAST(:#retention AS BIGINT)
   AND NOT EXISTS (SELECT 1 FROM relay_delivery d WHERE d.job = j.id AND COALESCE(d.status, '') = 'Pending' OFFSET 0)
 ORDER BY j.ended_at, j.id
 LIMIT :#group_size
