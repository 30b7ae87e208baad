-- what all instances share about one API: token, penalty, and how many places of the last minute are taken
SELECT a.paused_until, a.account_error, a.account_retry_at, a.access_token, a.token_until, a.token_retry_at, a.token_refusals,
       (SELECT COUNT(*) FROM relay_api_call c WHERE c.server = a.server AND c.free_at > :#now) AS calls,
       (SELECT COUNT(*) FROM relay_api_call c WHERE c.server = a.server AND c.free_at > :#now AND c.kind = 'hint') AS hints
  FROM relay_api a
 WHERE a.server = :#server
