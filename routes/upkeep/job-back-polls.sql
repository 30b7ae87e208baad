-- no poll waits for longer than it was to: the clock that set its time was ahead of this one. A list from a list: H2 would look for each row anew
UPDATE relay_job
   SET next_poll_at = CAST(:#now AS BIGINT) + COALESCE(next_poll_wait, poll_delay)
 WHERE id IN (SELECT id
                FROM (SELECT id
                        FROM relay_job
                       WHERE next_poll_at > :#now
                         AND next_poll_at - COALESCE(next_poll_wait, poll_delay) > :#now
                       ORDER BY next_poll_at DESC
                       LIMIT :#group_size) f
               ORDER BY id)
   AND next_poll_at - COALESCE(next_poll_wait, poll_delay) > :#now
