-- what an answer says: a pause is never shortened by another, and one that is longer than any can be does not count; a 401 drops only the token it went with; a success clears the account, but not one that was under way when it got into trouble
UPDATE relay_api
   SET paused_wait = CASE WHEN :#paused_until = 0 THEN paused_wait
                          ELSE GREATEST(CASE WHEN paused_until > :#longest_pause THEN 0 ELSE paused_until END,
                                        CASE WHEN penalties > 0 AND :#penalty = 1 THEN CAST(:#second_until AS BIGINT) ELSE 0 END,
                                        CAST(:#paused_until AS BIGINT)) - CAST(:#now AS BIGINT) END,
       paused_until = CASE WHEN :#paused_until = 0 THEN paused_until
                           ELSE GREATEST(CASE WHEN paused_until > :#longest_pause THEN 0 ELSE paused_until END,
                                         CASE WHEN penalties > 0 AND :#penalty = 1 THEN CAST(:#second_until AS BIGINT) ELSE 0 END,
                                         CAST(:#paused_until AS BIGINT)) END,
       penalties = CASE WHEN :#penalty = 1 THEN penalties + 1 WHEN :#no_penalty = TRUE THEN 0 ELSE penalties END,
       token_refusals = CASE WHEN :#token_good = TRUE THEN 0
                             WHEN :#refused = TRUE AND access_token = :#token AND token_until > 0 THEN token_refusals + 1
                             ELSE token_refusals END,
       token_until = CASE WHEN :#refused = TRUE AND access_token = :#token THEN 0 ELSE token_until END,
       account_error = CASE WHEN :#good = TRUE AND account_retry_at <= :#now THEN NULL ELSE account_error END,
       account_delay = CASE WHEN :#good = TRUE AND account_retry_at <= :#now THEN 0 ELSE account_delay END
 WHERE server = :#server
   AND (:#paused_until > 0
        OR (penalties > 0 AND :#no_penalty = TRUE)
        OR (token_refusals > 0 AND :#token_good = TRUE)
        OR (token_until > 0 AND :#refused = TRUE AND access_token = :#token)
        OR ((account_error IS NOT NULL OR account_delay > 0) AND :#good = TRUE AND account_retry_at <= :#now))
