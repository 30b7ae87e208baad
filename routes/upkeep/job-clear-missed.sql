UPDATE relay_job
   SET missed = FALSE
 WHERE missed = TRUE
   AND status <> 'InProgress'
