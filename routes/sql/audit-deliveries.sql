-- one delivery for each sink that was configured when the job ended, and none before
SELECT v.job, v.detail, COUNT(*) OVER () AS total
  FROM (SELECT j.id AS job, 'it ended as ' || j.status || ' and has no delivery to sink ' || s.name AS detail
          FROM relay_job j
          JOIN relay_sink s ON s.since <= j.ended_at
         WHERE NOT EXISTS (SELECT 1 FROM relay_delivery d WHERE d.job = j.id AND d.sink = s.name)
         UNION ALL
        SELECT d.job, 'it is ' || j.status || ' and has a delivery to sink ' || d.sink || ' already' AS detail
          FROM relay_delivery d
          JOIN relay_job j ON j.id = d.job
         WHERE j.ended_at IS NULL
         UNION ALL
        SELECT d.job, 'a delivery to sink ' || d.sink || ' is left of it, and the job is gone' AS detail
          FROM relay_delivery d
         WHERE NOT EXISTS (SELECT 1 FROM relay_job j WHERE j.id = d.job)) v
 ORDER BY v.job, v.detail
 LIMIT :#listed
