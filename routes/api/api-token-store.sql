-- only whoever holds the lease: a slow answer must not replace what the next one to ask has got. A token that came clears what the credentials were refused for
UPDATE relay_api
   SET access_token = :#access_token,
       token_until = :#token_until,
       account_error = CASE WHEN token_error IS NOT NULL AND CAST(:#token_error AS VARCHAR(1000)) IS NULL THEN NULL ELSE account_error END,
       token_error = :#token_error,
       token_retry_at = :#token_retry_at,
       token_retry_wait = :#token_retry_wait,
       token_lease = 0
 WHERE server = :#server
   AND token_claim = :#claim
   AND token_lease > 0
