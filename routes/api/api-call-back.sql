-- a call holds its place for no longer than it may take, and a minute
UPDATE relay_api_call
   SET free_at = :#calls_until
 WHERE free_at > :#calls_until
