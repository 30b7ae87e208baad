-- in the order of their index, should two instances do it at once
DELETE FROM relay_callback
 WHERE verdict IN ('Repeat', 'Second', 'Unknown', 'Open', 'Refused')
   AND id <= CAST(:#${body} AS BIGINT)
