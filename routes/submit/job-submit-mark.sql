-- from here on a lost answer is "in doubt": the callback is waited for before the job is sent again
UPDATE relay_job
   SET server = :#server,
       attempts = attempts + 1,
       in_doubt = TRUE,
       last_error = 'in doubt: sent, and no answer has come yet',
       next_submit_at = :#doubt_until,
       next_submit_wait = CAST(:#doubt_until AS BIGINT) - CAST(:#now AS BIGINT)
 WHERE id = :#id
   AND status = 'Queued'
   AND claim = :#claim
