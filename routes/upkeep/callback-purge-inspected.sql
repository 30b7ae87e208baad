-- of what is kept for inspection only, the newest 1,000 stay; in the order of their index, should two instances do it at once
DELETE FROM relay_callback
 WHERE verdict IN ('Repeat', 'Second', 'Unknown', 'Open', 'Refused')
   AND id <= (SELECT k.id
                FROM relay_callback k
               WHERE k.verdict IN ('Repeat', 'Second', 'Unknown', 'Open', 'Refused')
               ORDER BY k.id DESC
               LIMIT 1
              OFFSET 1000)
