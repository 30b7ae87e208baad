-- a repeat keeps no body; what is kept for inspection keeps no large one
UPDATE relay_callback
   SET body = CAST('' AS BYTEA)
 WHERE id IN (:#in:ids)
   AND (verdict = 'Repeat' OR (verdict IN ('Second', 'Unknown') AND body_size > 65536))
