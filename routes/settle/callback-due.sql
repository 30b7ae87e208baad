-- how far the next group reaches: H2 sorts all that it locks. Twice its size: some wait for an older one of their job, others are locked elsewhere
SELECT COALESCE(MAX(w.id), 0) AS upto
  FROM (SELECT id FROM relay_callback WHERE verdict = 'New' ORDER BY verdict, id LIMIT 2 * :#most) w
