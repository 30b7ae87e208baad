-- what is in doubt, or in somebody's hands, waits as long as it had to before the clock went ahead; what was set since is right as it is
UPDATE relay_job
   SET next_submit_wait = next_submit_at - CAST(:#old AS BIGINT),
       next_submit_at = next_submit_at + CAST(:#step AS BIGINT)
 WHERE id IN (SELECT id
                FROM relay_job
               WHERE next_submit_at > :#old
                 AND next_submit_at - COALESCE(next_submit_wait, 900000) <= :#old
                 AND (in_doubt = TRUE OR claim IS NOT NULL)
               ORDER BY id
                 FOR UPDATE)
