-- what the instances have seen of their clocks, and how long they have run
SELECT name, n
  FROM relay_tally
 WHERE name IN ('running', 'clock.seen', 'clock.put', 'clock.put.by', 'clock.right')
