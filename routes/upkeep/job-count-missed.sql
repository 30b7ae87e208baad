-- whether any waits is enough to know while many do
SELECT COUNT(*) AS waiting
  FROM (SELECT id
          FROM relay_job
         WHERE missed = TRUE
           AND status = 'InProgress'
         LIMIT 1) one
