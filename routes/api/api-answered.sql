-- any answer but a 401 says that the token is good, any but a 429 that there is no penalty; a call that succeeds clears the account, but not one that was under way when it got into trouble
UPDATE relay_api
   SET token_refusals = CASE WHEN :#token_good = TRUE THEN 0 ELSE token_refusals END,
       penalties = CASE WHEN :#no_penalty = TRUE THEN 0 ELSE penalties END,
       account_error = CASE WHEN :#good = TRUE AND account_retry_at <= :#now THEN NULL ELSE account_error END,
       account_delay = CASE WHEN :#good = TRUE AND account_retry_at <= :#now THEN 0 ELSE account_delay END
 WHERE server = :#server
   AND ((token_refusals > 0 AND :#token_good = TRUE)
        OR (penalties > 0 AND :#no_penalty = TRUE)
        OR ((account_error IS NOT NULL OR account_delay > 0) AND :#good = TRUE AND account_retry_at <= :#now))
