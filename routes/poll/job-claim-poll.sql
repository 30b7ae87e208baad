UPDATE relay_job
   SET claim = :#claim,
       next_poll_at = :#lease_until,
       next_poll_wait = CAST(:#lease_until AS BIGINT) - CAST(:#now AS BIGINT),
       hint = FALSE
 WHERE id = :#id
