-- an operator's word: what the API asked for, and what its refusals made the account wait, is over
UPDATE relay_api
   SET paused_until = 0,
       penalties = 0,
       account_retry_at = 0,
       account_delay = 0,
       token_retry_at = 0,
       resumed_at = :#now
 WHERE server = :#server
   AND (paused_until > :#now OR account_retry_at > :#now OR token_retry_at > :#now)
