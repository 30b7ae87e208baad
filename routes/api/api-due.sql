-- is there anything to submit or to poll, and is there a token for it? Three looks at indexes
SELECT (SELECT j.id
          FROM relay_job j
         WHERE j.next_submit_at <= :#now AND j.status = 'Queued'
         ORDER BY j.next_submit_at
         LIMIT 1) AS submit,
       (SELECT j.id
          FROM relay_job j
         WHERE j.next_poll_at BETWEEN 0 AND :#now AND COALESCE(j.status, '') = 'InProgress' AND j.job_id IS NOT NULL AND j.server = :#server
         ORDER BY j.next_poll_at, j.expires_at
         LIMIT 1) AS poll,
       (SELECT j.id
          FROM relay_job j
         WHERE j.hint = TRUE AND COALESCE(j.status, '') IN ('InProgress', 'Expired') AND j.job_id IS NOT NULL AND j.server = :#server
         ORDER BY j.hinted_at
         LIMIT 1) AS hint,
       a.token_until <= :#now AS token_due
  FROM relay_api a
 WHERE a.server = :#server
