-- and it is tried no later than the second one again
UPDATE relay_delivery
   SET next_attempt_at = :#next_attempt_at,
       next_attempt_wait = :#next_attempt_wait
 WHERE job = :#${variable.delivery[job]}
   AND sink = :#${variable.delivery[sink]}
   AND outcome = 1
   AND status = 'Pending'
   AND claim IS NULL
   AND next_attempt_at + 0 > :#next_attempt_at
