-- its turn stays as it is
UPDATE relay_job
   SET hint = FALSE
 WHERE id = :#id
