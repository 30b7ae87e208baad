-- clock put ahead: the calls of the last minute are counted on; put back: a call holds its place for no longer than it may take, and a minute
UPDATE relay_api_call
   SET free_at = CASE WHEN :#step > 0 THEN free_at + CAST(:#step AS BIGINT) ELSE :#calls_until END
 WHERE free_at > :#old
   AND (free_at <= :#calls_until) = (:#step > 0)
