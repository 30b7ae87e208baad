-- one instance asks at a time, and none while a refusal is waited out; a lease that reaches further than any can is of a clock that was put back since
UPDATE relay_api
   SET token_lease = :#lease_until,
       token_claim = :#claim
 WHERE server = :#server
   AND (token_lease <= :#now OR token_lease > :#lease_until)
   AND token_until <= :#now
   AND token_retry_at <= :#now
