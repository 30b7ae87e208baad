-- when did settle last explain a callback? It goes by their ids, so the highest of each verdict tell
SELECT MAX(c.settled_at) AS settled_at
  FROM relay_callback c
 WHERE c.id IN (SELECT MAX(k.id)
                  FROM relay_callback k
                 WHERE k.verdict IN ('Settled', 'Repeat', 'Second', 'Unknown')
                 GROUP BY k.verdict)
