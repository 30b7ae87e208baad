-- one delivery of each outcome for each sink that was configured when the job ended with it, and none before
SELECT v.job, v.detail, COUNT(*) OVER () AS total
  FROM (SELECT j.id AS job, 'it ended as ' || j.status || ' and has no delivery to sink ' || s.name AS detail
          FROM relay_job j
          JOIN relay_sink s ON s.since <= j.ended_at
         WHERE NOT EXISTS (SELECT 1 FROM relay_delivery d
                            WHERE d.job = j.id AND d.sink = s.name AND d.outcome = CASE WHEN j.gave_up_id IS NULL THEN 1 ELSE 2 END)
         UNION ALL
        SELECT j.id, 'it had ended as ' || g.status || ' before and has no delivery of that to sink ' || s.name AS detail
          FROM relay_job j
          JOIN relay_callback g ON g.id = j.gave_up_id
          JOIN relay_sink s ON s.since <= g.settled_at
         WHERE NOT EXISTS (SELECT 1 FROM relay_delivery d WHERE d.job = j.id AND d.sink = s.name AND d.outcome = 1)
         UNION ALL
        SELECT d.job, 'it is ' || j.status || ' and has a delivery to sink ' || d.sink || ' already' AS detail
          FROM relay_delivery d
          JOIN relay_job j ON j.id = d.job
         WHERE j.ended_at IS NULL
         UNION ALL
        SELECT d.job, 'it has one outcome, and a delivery of a second one to sink ' || d.sink AS detail
          FROM relay_delivery d
          JOIN relay_job j ON j.id = d.job
         WHERE d.outcome = 2
           AND j.ended_at IS NOT NULL
           AND j.gave_up_id IS NULL
         UNION ALL
        SELECT d.job, 'a delivery to sink ' || d.sink || ' is left of it, and the job is gone' AS detail
          FROM relay_delivery d
         WHERE NOT EXISTS (SELECT 1 FROM relay_job j WHERE j.id = d.job)) v
 ORDER BY v.job, v.detail
 LIMIT :#listed
