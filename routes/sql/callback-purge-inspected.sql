DELETE FROM relay_callback
 WHERE verdict IN ('Repeat', 'Second', 'Unknown', 'Open', 'Refused')
   AND id <= :#${body}
