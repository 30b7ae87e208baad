-- locked in one order, should two instances do it at once
DELETE FROM relay_callback
 WHERE id IN (SELECT id
                FROM relay_callback
               WHERE verdict IN ('Repeat', 'Second', 'Unknown', 'Open', 'Refused')
                 AND id <= :#${body}
               ORDER BY id
                 FOR UPDATE)
