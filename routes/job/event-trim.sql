-- of each job the newest 200 stay
DELETE FROM relay_event
 WHERE job = :#${variable.event[job]}
   AND id <= (SELECT e.id
                FROM relay_event e
               WHERE e.job = :#${variable.event[job]}
               ORDER BY e.job DESC, e.id DESC
               LIMIT 1
              OFFSET 200)
