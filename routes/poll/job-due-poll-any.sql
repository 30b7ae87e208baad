-- is there anything to poll? Two looks at indexes
(SELECT id
   FROM relay_job
  WHERE next_poll_at BETWEEN 0 AND :#now AND COALESCE(status, '') = 'InProgress' AND job_id IS NOT NULL AND server = :#server
  ORDER BY next_poll_at, expires_at
  LIMIT 1)
 UNION ALL
(SELECT id
   FROM relay_job
  WHERE hint = TRUE AND COALESCE(status, '') IN ('InProgress', 'Expired') AND job_id IS NOT NULL AND server = :#server
  ORDER BY hinted_at
  LIMIT 1)
