-- one instance asks at a time, and none while a refusal is waited out or nothing may be sent; a lease that reaches further than any can is of a clock that was put back since
UPDATE relay_api
   SET token_lease = :#lease_until,
       token_claim = :#claim
 WHERE server = :#server
   AND (token_lease <= :#now OR token_lease > :#lease_until)
   AND token_until <= :#now
   AND token_retry_at <= :#now
   AND (paused_until <= :#now OR paused_until > :#longest_pause)
   AND (account_retry_at <= :#now OR account_retry_at > :#longest_wait)
