UPDATE relay_api_call
   SET free_at = :#free_at
 WHERE id = :#slot
