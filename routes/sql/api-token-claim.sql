-- one instance asks at a time, and none while a refusal is waited out
UPDATE relay_api
   SET token_lease = :#token_lease
 WHERE server = :#server
   AND token_lease <= :#now
   AND token_until <= :#now
   AND token_retry_at <= :#now
