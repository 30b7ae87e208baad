-- of what is kept for inspection only, the newest 1,000 stay: which is the last that goes?
SELECT id
  FROM relay_callback
 WHERE verdict IN ('Repeat', 'Second', 'Unknown', 'Open', 'Refused')
 ORDER BY id DESC
 LIMIT 1
OFFSET 1000
