UPDATE relay_job
   SET unheard_at = :#unheard_at
 WHERE id = :#id
   AND status = 'InProgress'
