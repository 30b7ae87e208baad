-- the next stored results; their sizes decide how many bodies are read at once
SELECT c.id, OCTET_LENGTH(c.body) AS bytes
  FROM relay_callback c
 WHERE c.verdict = 'Settled'
   AND c.id > :#after
 ORDER BY c.id
 LIMIT 200
