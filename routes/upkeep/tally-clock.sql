-- what the instances have seen of their clocks
SELECT name, n
  FROM relay_tally
 WHERE name IN ('clock.seen', 'clock.put', 'clock.put.by', 'clock.right')
