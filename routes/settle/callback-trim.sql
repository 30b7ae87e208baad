-- a repeat keeps no body, and what is kept for inspection only the beginning of a large one
UPDATE relay_callback
   SET body = CASE verdict WHEN 'Repeat' THEN CAST('' AS BYTEA) ELSE SUBSTRING(body FROM 1 FOR 65536) END
 WHERE id IN (:#in:id)
   AND (verdict = 'Repeat' OR (verdict IN ('Second', 'Unknown') AND body_size > 65536))
