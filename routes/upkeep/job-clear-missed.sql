UPDATE relay_job
   SET missed = FALSE
 WHERE id = :#id
