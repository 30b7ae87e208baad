-- how far the next groups reach: H2 sorts all that it locks, and must not look at a whole backlog for each group
SELECT COALESCE(MAX(w.id), 0) AS upto
  FROM (SELECT id FROM relay_callback WHERE verdict = 'New' ORDER BY verdict, id LIMIT 2 * :#most) w
