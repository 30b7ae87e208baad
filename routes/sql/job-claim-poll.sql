UPDATE relay_job
   SET claim = :#claim,
       next_poll_at = :#lease_until,
       hint = FALSE
 WHERE id = :#id
