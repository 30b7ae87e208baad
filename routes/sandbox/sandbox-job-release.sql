-- due at once, as whatever a dead process had in hand
UPDATE relay_sandbox_job
   SET next_result_at = CASE WHEN next_result_at > :#now THEN :#now ELSE next_result_at END,
       next_callback_at = CASE WHEN next_callback_at > :#now THEN :#now ELSE next_callback_at END,
       claim = NULL
 WHERE claim LIKE :#dead
   AND claim NOT LIKE :#mine
