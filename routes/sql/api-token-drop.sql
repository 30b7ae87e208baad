-- only the token that was refused; a second refusal in a row waits a minute
UPDATE relay_api
   SET token_until = 0,
       token_retry_at = CASE WHEN token_refusals > 0 THEN CAST(:#now AS BIGINT) + 60000 ELSE token_retry_at END,
       token_error = CASE WHEN token_refusals > 0 THEN 'the API refuses the access tokens it gives (401 twice in a row)' ELSE token_error END,
       token_refusals = CASE WHEN token_refusals > 0 THEN 0 ELSE 1 END
 WHERE server = :#server
   AND access_token = :#token
   AND token_until > 0
