-- the calls of the last minute are counted on
UPDATE relay_api_call
   SET free_at = free_at + CAST(:#step AS BIGINT)
 WHERE free_at > :#old
   AND free_at <= :#calls_until
