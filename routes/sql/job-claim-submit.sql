UPDATE relay_job
   SET claim = :#claim,
       next_submit_at = :#lease_until
 WHERE id = :#id
