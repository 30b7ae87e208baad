-- locked in the order in which settling locks them
UPDATE relay_job
   SET missed = FALSE
 WHERE id IN (SELECT id
                FROM relay_job
               WHERE missed = TRUE
                 AND status <> 'InProgress'
               ORDER BY id
                 FOR UPDATE)
