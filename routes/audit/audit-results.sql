SELECT c.id, c.job, c.body, c.body_size, c.body_sha256
  FROM relay_callback c
 WHERE c.verdict = 'Settled'
   AND c.id > :#after
   AND c.id <= :#upto
 ORDER BY c.verdict, c.id
