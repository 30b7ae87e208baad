-- as many as the statement before has deleted
UPDATE relay_tally
   SET n = n + CAST(:#CamelSqlUpdateCount AS BIGINT)
 WHERE name = 'purged'
