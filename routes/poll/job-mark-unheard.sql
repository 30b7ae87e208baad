-- past their expiry by a clock that may be wrong: what counts is how long a relay runs from now on without an answer; begun anew where the clock says now that it is not past
UPDATE relay_job
   SET unheard_at = CASE WHEN expires_at <= :#now THEN (SELECT t.n FROM relay_tally t WHERE t.name = 'running') END
 WHERE status = 'InProgress'
   AND ((expires_at <= :#now AND unheard_at IS NULL) OR (expires_at > :#now AND unheard_at IS NOT NULL))
