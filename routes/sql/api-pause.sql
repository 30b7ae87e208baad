UPDATE relay_api
   SET paused_until = GREATEST(paused_until, :#paused_until)
 WHERE server = :#server
