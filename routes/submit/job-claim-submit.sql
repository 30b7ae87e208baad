UPDATE relay_job
   SET claim = :#claim,
       next_submit_at = :#lease_until,
       next_submit_wait = CAST(:#lease_until AS BIGINT) - CAST(:#now AS BIGINT)
 WHERE id = :#id
