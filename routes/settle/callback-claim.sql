-- the oldest unsettled callback of each job, since the first recorded counts; as far as twice a group, since H2 sorts all that it locks. COALESCE, + 0, OFFSET 0: by the index on job
SELECT c.id, c.job
  FROM relay_callback c
 WHERE c.verdict = 'New'
   AND c.id <= (SELECT MAX(w.id) FROM (SELECT n.id FROM relay_callback n WHERE n.verdict = 'New' ORDER BY n.verdict, n.id LIMIT 2 * :#most) w)
   AND NOT EXISTS (SELECT 1 FROM relay_callback e WHERE e.job = c.job AND COALESCE(e.verdict, '') = 'New' AND e.id + 0 < c.id OFFSET 0)
 ORDER BY c.verdict, c.id
 LIMIT :#most
   FOR UPDATE SKIP LOCKED
