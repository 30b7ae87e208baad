-- only the latest submit of a job may end it: one that was sent again since has an answer of its own coming
UPDATE relay_job
   SET in_doubt = FALSE,
       claim = NULL
 WHERE id = :#id
   AND status = 'Queued'
   AND claim = :#claim
