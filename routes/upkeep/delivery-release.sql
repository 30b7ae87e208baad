UPDATE relay_delivery
   SET next_attempt_at = :#now,
       next_attempt_wait = 0,
       claim = NULL
 WHERE claim LIKE :#dead
   AND claim NOT LIKE :#mine
   AND next_attempt_at >= 0
   AND COALESCE(status, '') = 'Pending'
