UPDATE relay_api
   SET token_lease = 0
 WHERE token_lease > 0
