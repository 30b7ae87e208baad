-- only the token that was refused: a call that went with an older one says nothing of what another has got since
UPDATE relay_api
   SET token_until = 0,
       token_refusals = token_refusals + 1
 WHERE server = :#server
   AND access_token = :#token
   AND token_until > 0
