-- one that only a hint named keeps its turn
UPDATE relay_job
   SET claim = CASE WHEN :#kind = 'hint' THEN claim ELSE :#claim END,
       next_poll_at = CASE WHEN :#kind = 'hint' THEN next_poll_at ELSE :#lease_until END,
       next_poll_wait = CASE WHEN :#kind = 'hint' THEN next_poll_wait ELSE CAST(:#lease_until AS BIGINT) - CAST(:#now AS BIGINT) END,
       hint = FALSE
 WHERE id = :#id
