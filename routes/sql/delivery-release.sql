UPDATE relay_delivery
   SET next_attempt_at = :#now,
       claim = NULL
 WHERE claim NOT LIKE :#mine
   AND status = 'Pending'
