UPDATE relay_api
   SET access_token = :#access_token,
       token_until = :#token_until,
       token_error = :#token_error,
       token_retry_at = :#token_retry_at,
       token_lease = 0
 WHERE server = :#server
