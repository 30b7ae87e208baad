-- where the beginning of a result is, for somebody to look at
SELECT j.id, j.status, c.id AS callback_id, c.body_size
  FROM relay_job j
  JOIN relay_callback c ON c.id = j.callback_id
 WHERE j.id = :#job
