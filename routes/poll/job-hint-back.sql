-- not asked after all: the hint still stands
UPDATE relay_job
   SET hint = TRUE
 WHERE id = :#id
   AND status IN ('InProgress', 'Expired')
