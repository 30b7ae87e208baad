UPDATE relay_job
   SET polls = polls + 1,
       missed = FALSE,
       next_poll_at = :#next_poll_at,
       poll_delay = :#poll_delay,
       not_found = :#not_found,
       creation_time = COALESCE(:#creation_time, creation_time),
       expiration_time = COALESCE(:#expiration_time, expiration_time),
       expires_at = COALESCE(:#expires_at, expires_at),
       last_error = :#last_error,
       claim = NULL
 WHERE id = :#id
   AND status = 'InProgress'
   AND claim = :#claim
