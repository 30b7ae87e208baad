-- never shortened by another answer; the second 429 in a row is 30 s at least; what is stored but longer than any answer can ask for does not count
UPDATE relay_api
   SET paused_wait = GREATEST(CASE WHEN paused_until > :#longest_until THEN 0 ELSE paused_until END,
                              CASE WHEN penalties > 0 AND :#penalty = 1 THEN CAST(:#second_until AS BIGINT) ELSE 0 END,
                              CAST(:#paused_until AS BIGINT)) - CAST(:#now AS BIGINT),
       paused_until = GREATEST(CASE WHEN paused_until > :#longest_until THEN 0 ELSE paused_until END,
                               CASE WHEN penalties > 0 AND :#penalty = 1 THEN CAST(:#second_until AS BIGINT) ELSE 0 END,
                               CAST(:#paused_until AS BIGINT)),
       penalties = penalties + :#penalty
 WHERE server = :#server
