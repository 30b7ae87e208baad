-- the account waits, for all instances: a minute, doubling to five while nothing comes of it. Counted once for all calls that were under way, and not for a token that has been replaced since
UPDATE relay_api
   SET account_error = :#account_error,
       account_delay = CASE WHEN account_delay > 0 THEN LEAST(account_delay * 2, 300000) ELSE 60000 END,
       account_retry_at = CAST(:#now AS BIGINT) + CASE WHEN account_delay > 0 THEN LEAST(account_delay * 2, 300000) ELSE 60000 END
 WHERE server = :#server
   AND (account_retry_at <= :#now OR account_retry_at > :#longest_wait)
   AND COALESCE(CAST(:#whose AS VARCHAR(8000)), access_token, '') = COALESCE(access_token, '')
