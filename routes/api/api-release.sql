-- somebody else may ask for the token
UPDATE relay_api
   SET token_lease = 0
 WHERE token_claim LIKE :#dead
   AND token_claim NOT LIKE :#mine
   AND token_lease > 0
