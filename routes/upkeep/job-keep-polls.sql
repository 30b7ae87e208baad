-- a poll that is under way stays so until its lease ends
UPDATE relay_job
   SET next_poll_wait = next_poll_at - CAST(:#old AS BIGINT),
       next_poll_at = next_poll_at + CAST(:#step AS BIGINT)
 WHERE id IN (SELECT id
                FROM relay_job
               WHERE next_poll_at > :#old
                 AND next_poll_at <= :#leases_until
                 AND next_poll_at - COALESCE(next_poll_wait, 0) <= :#old
                 AND claim IS NOT NULL
               ORDER BY id
                 FOR UPDATE)
