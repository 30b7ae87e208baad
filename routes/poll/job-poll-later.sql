-- still open. Not asked after all: all is as before but the claim
UPDATE relay_job
   SET polls = polls + :#counted,
       missed = CASE WHEN :#counted = 0 THEN missed ELSE FALSE END,
       next_poll_at = :#next_poll_at,
       next_poll_wait = :#next_poll_wait,
       poll_delay = :#poll_delay,
       not_found = :#not_found,
       not_found_at = :#not_found_at,
       not_found_run = :#not_found_run,
       overdue_at = :#overdue_at,
       unheard_at = CASE WHEN :#answered = TRUE THEN NULL ELSE unheard_at END,
       provider_status = COALESCE(:#provider_status, provider_status),
       creation_time = COALESCE(:#creation_time, creation_time),
       expiration_time = COALESCE(:#expiration_time, expiration_time),
       expires_at = COALESCE(:#expires_at, expires_at),
       last_error = CASE WHEN :#counted = 0 THEN last_error ELSE :#last_error END,
       claim = NULL
 WHERE id = :#id
   AND status = 'InProgress'
   AND claim = :#claim
