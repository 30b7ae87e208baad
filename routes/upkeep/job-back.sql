-- no submit and no poll waits for longer than it was to: the clock that set its time was ahead of this one. A list from a list: H2 would look for each row anew
UPDATE relay_job
   SET next_submit_at = CASE WHEN next_submit_at - COALESCE(next_submit_wait, 900000) > :#now
                             THEN CAST(:#now AS BIGINT) + COALESCE(next_submit_wait, 900000) ELSE next_submit_at END,
       next_poll_at = CASE WHEN next_poll_at - COALESCE(next_poll_wait, poll_delay) > :#now
                           THEN CAST(:#now AS BIGINT) + COALESCE(next_poll_wait, poll_delay) ELSE next_poll_at END
 WHERE id IN (SELECT id
                FROM ((SELECT id
                         FROM relay_job
                        WHERE next_submit_at > :#now
                          AND next_submit_at - COALESCE(next_submit_wait, 900000) > :#now
                        ORDER BY next_submit_at DESC
                        LIMIT :#group_size)
                       UNION ALL
                      (SELECT id
                         FROM relay_job
                        WHERE next_poll_at > :#now
                          AND next_poll_at - COALESCE(next_poll_wait, poll_delay) > :#now
                        ORDER BY next_poll_at DESC
                        LIMIT :#group_size)) f
               ORDER BY id)
