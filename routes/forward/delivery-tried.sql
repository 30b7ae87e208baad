-- what an attempt came to; only the holder of the claim may say so
UPDATE relay_delivery
   SET status = :#status,
       delivered_at = CASE WHEN CAST(:#status AS VARCHAR(9)) = 'Delivered' THEN CAST(:#now AS BIGINT) END,
       next_attempt_at = :#next_attempt_at,
       next_attempt_wait = :#next_attempt_wait,
       attempts = attempts + 1,
       last_error = :#last_error,
       claim = NULL
 WHERE job = :#${variable.delivery[job]}
   AND sink = :#${variable.delivery[sink]}
   AND outcome = :#${variable.delivery[outcome]}
   AND claim = :#${variable.delivery[claim]}
