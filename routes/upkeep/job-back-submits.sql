-- no submit waits for longer than it was to: the clock that set its time was ahead of this one. A list from a list: H2 would look for each row anew
UPDATE relay_job
   SET next_submit_at = CAST(:#now AS BIGINT) + COALESCE(next_submit_wait, 900000)
 WHERE id IN (SELECT id
                FROM (SELECT id
                        FROM relay_job
                       WHERE next_submit_at > :#now
                         AND next_submit_at - COALESCE(next_submit_wait, 900000) > :#now
                       ORDER BY next_submit_at DESC
                       LIMIT :#group_size) f
               ORDER BY id)
   AND next_submit_at - COALESCE(next_submit_wait, 900000) > :#now
