SELECT sink, COUNT(*) AS n
  FROM relay_delivery
 WHERE status = 'Dead'
 GROUP BY sink
 ORDER BY sink
