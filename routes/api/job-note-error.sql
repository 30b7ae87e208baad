-- what it waits for, unless it has gone on meanwhile
UPDATE relay_job
   SET last_error = :#last_error
 WHERE id = :#id
   AND status IN ('Queued', 'InProgress')
