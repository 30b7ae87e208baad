UPDATE relay_tally
   SET n = n + :#purged
 WHERE name = 'purged'
