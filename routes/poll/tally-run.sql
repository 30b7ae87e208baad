-- nothing to change where another instance has just counted the same minute
UPDATE relay_tally
   SET n = :#running
 WHERE name = 'running'
   AND n = :#seen
