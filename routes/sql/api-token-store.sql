-- only whoever holds the lease: a slow answer must not replace what the next one to ask has got
UPDATE relay_api
   SET access_token = :#access_token,
       token_until = :#token_until,
       token_error = :#token_error,
       token_retry_at = :#token_retry_at,
       token_lease = 0
 WHERE server = :#server
   AND token_lease = :#token_lease
