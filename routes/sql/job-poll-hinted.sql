-- asked out of turn and still open: the turn stays as it was
UPDATE relay_job
   SET polls = polls + 1
 WHERE id = :#id
   AND status = 'InProgress'
