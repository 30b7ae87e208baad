-- the job stays marked as sent; only the reason becomes known
UPDATE relay_job
   SET last_error = :#last_error,
       claim = NULL
 WHERE id = :#id
   AND status = 'Queued'
   AND claim = :#claim
