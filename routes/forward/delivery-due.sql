-- oldest first, each with the claim that it gets; a claimed one is not due before its lease ends, and a second outcome not while the first is on its way
SELECT d.job, d.sink, d.outcome, CAST(:#claim AS VARCHAR(36)) AS claim, FALSE AS whole
  FROM relay_delivery d
 WHERE d.next_attempt_at BETWEEN 0 AND :#${variable.next[upto]}
   AND COALESCE(d.status, '') = 'Pending'
   AND COALESCE(d.sink, '') IN (:#in:free)
   AND (d.outcome = 1
       OR NOT EXISTS (SELECT 1 FROM relay_delivery p
                       WHERE p.job = d.job AND p.sink = d.sink AND p.outcome = 1 AND p.status = 'Pending'
                         AND (p.claim IS NOT NULL OR p.next_attempt_at + 0 <= :#now) OFFSET 0))
 ORDER BY d.next_attempt_at
 LIMIT :#most
   FOR UPDATE SKIP LOCKED
