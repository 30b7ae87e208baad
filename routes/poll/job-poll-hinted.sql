-- asked out of turn and still open: the turn stays as it was. Not asked after all: the hint still stands
UPDATE relay_job
   SET polls = polls + :#counted,
       hint = CASE WHEN :#counted = 0 THEN TRUE ELSE hint END,
       not_found = :#not_found,
       not_found_at = :#not_found_at,
       not_found_run = :#not_found_run,
       unheard_at = CASE WHEN :#answered = TRUE THEN NULL ELSE unheard_at END,
       provider_status = COALESCE(:#provider_status, provider_status),
       last_error = CASE WHEN :#counted = 0 THEN last_error ELSE :#last_error END
 WHERE id = :#id
   AND (status = 'InProgress' OR (status = 'Expired' AND :#counted = 0))
