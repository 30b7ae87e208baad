UPDATE relay_api
   SET token_refusals = 0
 WHERE server = :#server
   AND token_refusals > 0
