-- a pause that the API asked for lasts as long as it had to; so does the lease of whoever asks for a token
UPDATE relay_api
   SET paused_wait = CASE WHEN paused_until > :#old AND paused_until - COALESCE(paused_wait, 0) <= :#old
                          THEN paused_until - CAST(:#old AS BIGINT) ELSE paused_wait END,
       paused_until = CASE WHEN paused_until > :#old AND paused_until - COALESCE(paused_wait, 0) <= :#old
                           THEN paused_until + CAST(:#step AS BIGINT) ELSE paused_until END,
       token_lease = CASE WHEN token_lease > :#old AND token_lease <= :#leases_until THEN token_lease + CAST(:#step AS BIGINT) ELSE token_lease END
 WHERE paused_until > :#old
    OR token_lease > :#old
