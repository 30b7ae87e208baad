-- how far the next batches reach, and how many are due as far as that: H2 sorts all that it locks, and must not look at a whole backlog for each batch
SELECT MAX(w.next_attempt_at) AS upto, COUNT(*) AS due
  FROM (SELECT d.next_attempt_at
          FROM relay_delivery d
         WHERE d.next_attempt_at BETWEEN 0 AND :#now
           AND COALESCE(d.status, '') = 'Pending'
           AND COALESCE(d.sink, '') IN (:#in:free)
           AND (d.outcome = 1
               OR NOT EXISTS (SELECT 1 FROM relay_delivery p
                               WHERE p.job = d.job AND p.sink = d.sink AND p.outcome = 1 AND p.status = 'Pending'
                                 AND (p.claim IS NOT NULL OR p.next_attempt_at + 0 <= :#now) OFFSET 0))
         ORDER BY d.next_attempt_at
         LIMIT 5 * :#most) w
