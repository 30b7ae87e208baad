-- still open. Asked out of turn: the turn stays as it was. Not asked after all: all is as before but the claim, and a hint still stands
UPDATE relay_job
   SET polls = polls + :#counted,
       missed = CASE WHEN :#turn = TRUE AND :#counted = 1 THEN FALSE ELSE missed END,
       hint = CASE WHEN :#turn = FALSE AND :#counted = 0 THEN TRUE ELSE hint END,
       next_poll_at = CASE WHEN :#turn = TRUE THEN :#next_poll_at ELSE next_poll_at END,
       next_poll_wait = CASE WHEN :#turn = TRUE THEN :#next_poll_wait ELSE next_poll_wait END,
       poll_delay = CASE WHEN :#turn = TRUE THEN :#poll_delay ELSE poll_delay END,
       overdue_at = CASE WHEN :#turn = TRUE THEN :#overdue_at ELSE overdue_at END,
       not_found = :#not_found,
       not_found_at = :#not_found_at,
       not_found_run = :#not_found_run,
       unheard_at = CASE WHEN :#answered = TRUE THEN NULL ELSE unheard_at END,
       provider_status = COALESCE(:#provider_status, provider_status),
       creation_time = COALESCE(:#creation_time, creation_time),
       expiration_time = COALESCE(:#expiration_time, expiration_time),
       expires_at = COALESCE(:#expires_at, expires_at),
       last_error = CASE WHEN :#counted = 0 THEN last_error ELSE :#last_error END,
       claim = CASE WHEN :#turn = TRUE THEN NULL ELSE claim END
 WHERE id = :#id
   AND ((:#turn = TRUE AND status = 'InProgress' AND claim = :#claim)
        OR (:#turn = FALSE AND (status = 'InProgress' OR (status = 'Expired' AND :#counted = 0))))
