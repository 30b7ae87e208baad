UPDATE relay_tally
   SET n = :#n
 WHERE name = :#name
