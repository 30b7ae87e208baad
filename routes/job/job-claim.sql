-- for a submit, a poll, or a poll that only a hint brought about, which leaves the job's turn as it is
UPDATE relay_job
   SET claim = CASE WHEN :#kind = 'hint' THEN claim ELSE :#claim END,
       next_submit_at = CASE WHEN :#kind = 'submit' THEN :#lease_until ELSE next_submit_at END,
       next_submit_wait = CASE WHEN :#kind = 'submit' THEN CAST(:#lease_until AS BIGINT) - CAST(:#now AS BIGINT) ELSE next_submit_wait END,
       next_poll_at = CASE WHEN :#kind = 'poll' THEN :#lease_until ELSE next_poll_at END,
       next_poll_wait = CASE WHEN :#kind = 'poll' THEN CAST(:#lease_until AS BIGINT) - CAST(:#now AS BIGINT) ELSE next_poll_wait END,
       hint = CASE WHEN :#kind = 'submit' THEN hint ELSE FALSE END
 WHERE id = :#id
