-- what was answered 200 is settled or explained, and the explanation is true; settle goes by their ids, so the highest of each verdict tell when it did so last
SELECT v.job, v.detail, COUNT(*) OVER () AS total
  FROM (SELECT c.job, 'callback ' || CAST(c.id AS VARCHAR(20)) || ' was taken and never settled' AS detail
          FROM relay_callback c
         WHERE c.verdict = 'New'
           AND c.received_at <= CASE WHEN (SELECT MAX(x.settled_at)
                                            FROM relay_callback x
                                           WHERE x.id IN (SELECT MAX(k.id)
                                                            FROM relay_callback k
                                                           WHERE k.verdict IN ('Settled', 'Repeat', 'Second', 'Unknown')
                                                           GROUP BY k.verdict)) > CAST(:#lately AS BIGINT)
                                     THEN CAST(:#waits_since_moving AS BIGINT)
                                     ELSE CAST(:#waits_since_still AS BIGINT) END
         UNION ALL
        SELECT c.job,
               'callback ' || CAST(c.id AS VARCHAR(20)) || ' is kept as ' || c.verdict || ', but the job has not ended' AS detail
          FROM relay_callback c
          JOIN relay_job j ON j.id = c.job
         WHERE c.verdict IN ('Repeat', 'Second')
           AND j.ended_at IS NULL
         UNION ALL
        SELECT c.job,
               'callback ' || CAST(c.id AS VARCHAR(20)) || ' is kept as Repeat, but differs from the one that ended the job' AS detail
          FROM relay_callback c
          JOIN relay_job j ON j.id = c.job
          JOIN relay_callback w ON w.id = j.callback_id
          LEFT JOIN relay_callback g ON g.id = j.gave_up_id
         WHERE c.verdict = 'Repeat'
           AND w.body_sha256 <> c.body_sha256
           AND COALESCE(g.body_sha256, '') <> c.body_sha256
         UNION ALL
        SELECT c.job,
               'callback ' || CAST(c.id AS VARCHAR(20)) || ' is kept as Open, but says that the job has ended' AS detail
          FROM relay_callback c
         WHERE c.verdict = 'Open'
           AND c.status IN ('Success', 'Fail')) v
 ORDER BY v.job, v.detail
 LIMIT :#listed
