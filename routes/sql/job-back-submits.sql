-- no submit waits for longer than it was to: the clock that set its time was ahead of this one
UPDATE relay_job
   SET next_submit_at = CAST(:#now AS BIGINT) + COALESCE(next_submit_wait, 900000)
 WHERE id IN (SELECT id
                FROM relay_job
               WHERE id IN (SELECT id
                              FROM relay_job
                             WHERE next_submit_at > :#now
                               AND next_submit_at - COALESCE(next_submit_wait, 900000) > :#now
                             ORDER BY next_submit_at DESC
                             LIMIT :#batch)
               ORDER BY id
                 FOR UPDATE)
   AND next_submit_at - COALESCE(next_submit_wait, 900000) > :#now
