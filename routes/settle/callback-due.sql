-- how far the next group reaches, since H2 sorts all that it locks, and how many wait as far as that. Twice its size: some wait for an older one of their job, others are locked elsewhere
SELECT COALESCE(MAX(w.id), 0) AS upto, COUNT(*) AS waiting
  FROM (SELECT id FROM relay_callback WHERE verdict = 'New' ORDER BY verdict, id LIMIT 2 * :#jobs_at_once) w
