UPDATE relay_tally
   SET n = n + :#fresh
 WHERE name = 'accepted'
