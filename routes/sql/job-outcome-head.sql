-- the beginning of a result, for somebody to look at
SELECT j.id, j.status, c.body_size, SUBSTRING(c.body FROM 1 FOR 98304) AS body
  FROM relay_job j
  JOIN relay_callback c ON c.id = j.callback_id
 WHERE j.id = :#job
