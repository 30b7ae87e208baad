-- asked out of turn and still open: the turn stays as it was
UPDATE relay_job
   SET polls = polls + 1,
       not_found = :#not_found,
       not_found_at = :#not_found_at,
       not_found_run = :#not_found_run,
       unheard_at = CASE WHEN :#answered = TRUE THEN NULL ELSE unheard_at END,
       provider_status = COALESCE(:#provider_status, provider_status),
       last_error = :#last_error
 WHERE id = :#id
   AND status = 'InProgress'
