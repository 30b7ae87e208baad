-- the oldest unsettled callback of each job: the first recorded counts. COALESCE, + 0, OFFSET 0: by the index on job, whatever the statistics say
SELECT c.id, c.job
  FROM relay_callback c
 WHERE c.verdict = 'New'
   AND c.id <= :#${variable.due[upto]}
   AND NOT EXISTS (SELECT 1 FROM relay_callback e WHERE e.job = c.job AND COALESCE(e.verdict, '') = 'New' AND e.id + 0 < c.id OFFSET 0)
 ORDER BY c.verdict, c.id
 LIMIT :#jobs_at_once
   FOR UPDATE SKIP LOCKED
