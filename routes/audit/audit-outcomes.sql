-- an ended job and the callback that ended it name each other and say the same; where the relay had given it up before, what did so too
SELECT v.job, v.detail, COUNT(*) OVER () AS total
  FROM (SELECT j.id AS job,
               'it ended as ' || j.status || ' by callback ' || CAST(j.callback_id AS VARCHAR(20)) || ', which '
                 || CASE WHEN c.id IS NULL THEN 'is gone'
                         WHEN c.job <> j.id THEN 'belongs to another job'
                         WHEN c.verdict <> 'Settled' THEN 'is kept as ' || c.verdict
                         WHEN c.status = j.status THEN 'came another way'
                         ELSE 'says something else' END AS detail
          FROM relay_job j
          LEFT JOIN relay_callback c ON c.id = j.callback_id
         WHERE j.ended_at IS NOT NULL
           AND (c.id IS NULL OR c.job <> j.id OR c.verdict <> 'Settled' OR COALESCE(c.status, '') <> j.status
                OR COALESCE(j.received_via, '') <> c.via)
         UNION ALL
        SELECT j.id,
               'it has a second outcome, ' || j.status || ' by ' || j.received_via || ', and the first, callback '
                 || CAST(j.gave_up_id AS VARCHAR(20)) || ', '
                 || CASE WHEN g.id IS NULL THEN 'is gone'
                         WHEN g.job <> j.id THEN 'belongs to another job'
                         WHEN g.verdict <> 'Settled' THEN 'is kept as ' || g.verdict
                         ELSE 'is no end that the relay made itself' END AS detail
          FROM relay_job j
          LEFT JOIN relay_callback g ON g.id = j.gave_up_id
         WHERE j.gave_up_id IS NOT NULL
           AND (g.id IS NULL OR g.job <> j.id OR g.verdict <> 'Settled' OR g.via <> 'relay' OR COALESCE(g.status, '') <> 'Expired'
                OR COALESCE(j.received_via, '') NOT IN ('webhook', 'poll'))
         UNION ALL
        SELECT c.job,
               'callback ' || CAST(c.id AS VARCHAR(20)) || ' ended it, but the job is '
                 || CASE WHEN j.id IS NULL THEN 'gone'
                         WHEN j.ended_at IS NULL THEN j.status
                         ELSE 'said to have been ended by another' END AS detail
          FROM relay_callback c
          LEFT JOIN relay_job j ON j.id = c.job
         WHERE c.verdict = 'Settled'
           AND (j.id IS NULL OR j.callback_id IS NULL OR (j.callback_id <> c.id AND COALESCE(j.gave_up_id, 0) <> c.id))) v
 ORDER BY v.job, v.detail
 LIMIT :#listed
