-- what is in doubt, or in somebody's hands, waits as long as it had to before the clock went ahead; what was set since is right as it is. A job waits for a submit or for a poll, never for both. No list of ids: H2 would make it anew for each row
UPDATE relay_job
   SET next_submit_wait = next_submit_at - CAST(:#old AS BIGINT),
       next_submit_at = next_submit_at + CAST(:#step AS BIGINT),
       next_poll_wait = next_poll_at - CAST(:#old AS BIGINT),
       next_poll_at = next_poll_at + CAST(:#step AS BIGINT)
 WHERE (next_submit_at > :#old
        AND next_submit_at - COALESCE(next_submit_wait, 900000) <= :#old
        AND (in_doubt = TRUE OR claim IS NOT NULL))
    OR (next_poll_at > :#old
        AND next_poll_at <= :#leases_until
        AND next_poll_at - COALESCE(next_poll_wait, 0) <= :#old
        AND claim IS NOT NULL)
