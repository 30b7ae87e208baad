-- the next stored results, in the order of their ids: as many as hold together what may be in memory, or one that is larger
SELECT c.id, c.job, c.body, c.body_size, c.body_sha256
  FROM (SELECT k.id, SUM(OCTET_LENGTH(k.body)) OVER (ORDER BY k.id) AS bytes, ROW_NUMBER() OVER (ORDER BY k.id) AS n
          FROM (SELECT id, body
                  FROM relay_callback
                 WHERE verdict = 'Settled'
                   AND id > :#after
                 ORDER BY verdict, id
                 LIMIT 500) k) f
  JOIN relay_callback c ON c.id = f.id
 WHERE f.bytes <= :#bytes_at_once
    OR f.n = 1
 ORDER BY c.id
