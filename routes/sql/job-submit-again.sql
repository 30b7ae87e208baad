-- the access token was refused, not the job: at once again with the next token
UPDATE relay_job
   SET in_doubt = FALSE,
       next_submit_at = :#now,
       last_error = 'the API answered 401: the access token is renewed',
       claim = NULL
 WHERE id = :#id
   AND status = 'Queued'
   AND claim = :#claim
