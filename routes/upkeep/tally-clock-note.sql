-- what has changed; where it has not, null, another instance may have noted more since
UPDATE relay_tally
   SET n = COALESCE(CASE name WHEN 'clock.seen' THEN CAST(:#latest AS BIGINT)
                              WHEN 'clock.put' THEN CAST(:#put AS BIGINT)
                              WHEN 'clock.put.by' THEN CAST(:#put_by AS BIGINT)
                              ELSE CAST(:#right AS BIGINT) END, n)
 WHERE name IN ('clock.seen', 'clock.put', 'clock.put.by', 'clock.right')
