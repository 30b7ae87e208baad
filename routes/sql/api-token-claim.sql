-- one instance asks at a time
UPDATE relay_api
   SET token_lease = :#token_lease
 WHERE server = :#server
   AND token_lease <= :#now
   AND token_until <= :#now
