-- locked in the order in which settling locks them
SELECT COUNT(*) AS locked
  FROM (SELECT id
          FROM relay_job
         WHERE missed = TRUE
           AND status <> 'InProgress'
         ORDER BY id
           FOR UPDATE) f
