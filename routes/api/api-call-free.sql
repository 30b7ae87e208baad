-- a minute after the answer; at once where nothing was sent
UPDATE relay_api_call
   SET free_at = :#free_at
 WHERE id = :#claim
