-- the next stored results, ordered as the index is; their sizes decide how many bodies are read at once
SELECT c.id, OCTET_LENGTH(c.body) AS bytes
  FROM relay_callback c
 WHERE c.verdict = 'Settled'
   AND c.id > :#after
 ORDER BY c.verdict, c.id
 LIMIT 500
