-- for as long as the call may take, and a minute; none begins whose place has lapsed, whose token was refused since the claim, or whose account has to wait since
UPDATE relay_api_call
   SET free_at = :#held_until
 WHERE id = :#claim
   AND free_at > :#now
   AND EXISTS (SELECT 1
                 FROM relay_api a
                WHERE a.server = relay_api_call.server
                  AND a.access_token = :#token
                  AND a.token_until > :#now
                  AND (a.paused_until <= :#now OR a.paused_until > :#longest_pause)
                  AND (a.account_retry_at <= :#now OR a.account_retry_at > :#longest_wait))
