-- no account waits for longer than it was to
UPDATE relay_api
   SET paused_until = LEAST(paused_until, CAST(:#now AS BIGINT) + COALESCE(paused_wait, 60000)),
       account_retry_at = LEAST(account_retry_at, CAST(:#now AS BIGINT) + account_delay),
       token_retry_at = LEAST(token_retry_at, CAST(:#now AS BIGINT) + COALESCE(token_retry_wait, 60000)),
       token_lease = CASE WHEN token_lease > :#leases_until THEN 0 ELSE token_lease END
 WHERE paused_until > :#now
    OR account_retry_at > :#now
    OR token_retry_at > :#now
    OR token_lease > :#now
