SELECT n
  FROM relay_tally
 WHERE name = 'running'
