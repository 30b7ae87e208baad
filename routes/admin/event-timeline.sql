-- what happened to a job, from every table that remembers it
SELECT t.happened_at, t.what, t.sink, t.via, t.status, t.verdict, t.detail
  FROM (SELECT j.accepted_at AS happened_at, 0 AS turn, CAST(0 AS BIGINT) AS id, 'queued' AS what, CAST(NULL AS VARCHAR(100)) AS sink,
               CAST(NULL AS VARCHAR(7)) AS via, CASE WHEN j.api IS NULL THEN 'InProgress' ELSE 'Queued' END AS status,
               CAST(NULL AS VARCHAR(10)) AS verdict, CAST(NULL AS VARCHAR(1000)) AS detail
          FROM relay_job j
         WHERE j.id = :#id
         UNION ALL
        SELECT e.happened_at, CASE WHEN e.what = 'delivery' THEN 4 ELSE 1 END, e.id, e.what, e.sink, NULL, NULL, NULL, e.detail
          FROM relay_event e
         WHERE e.job = :#id
         UNION ALL
        SELECT c.received_at, 2, c.id, 'callback', NULL, c.via, c.status, c.verdict, c.note
          FROM relay_callback c
         WHERE c.job = :#id
         UNION ALL
        SELECT g.settled_at, 3, g.id, 'settled', NULL, g.via, g.status, NULL, NULL
          FROM relay_job j
          JOIN relay_callback g ON g.id = j.gave_up_id
         WHERE j.id = :#id
         UNION ALL
        SELECT j.ended_at, 3, j.callback_id, 'settled', NULL, j.received_via, j.status, NULL,
               CASE WHEN j.gave_up_id IS NOT NULL THEN 'the second outcome: the relay had given it up' END
          FROM relay_job j
         WHERE j.id = :#id
           AND j.ended_at IS NOT NULL
         UNION ALL
        SELECT d.delivered_at, 5, d.outcome, 'delivery', d.sink, NULL, d.status, NULL,
               'Delivered at attempt ' || CAST(d.attempts AS VARCHAR(10)) || CASE WHEN d.outcome = 2 THEN ' (second outcome)' ELSE '' END
          FROM relay_delivery d
         WHERE d.job = :#id
           AND d.delivered_at IS NOT NULL
         UNION ALL
        SELECT a.resumed_at, 1, 0, 'asked', NULL, NULL, NULL, NULL, 'POST /resume lifted the pause of the account'
          FROM relay_api a
          JOIN relay_job j ON j.id = :#id
         WHERE a.server = COALESCE(j.server, :#server)
           AND a.resumed_at BETWEEN j.accepted_at AND COALESCE(j.ended_at, a.resumed_at)) t
 ORDER BY t.happened_at DESC, t.turn DESC, t.id DESC, t.sink DESC
 LIMIT 1000
