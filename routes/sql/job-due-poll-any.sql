-- is there anything to poll? Two looks at indexes
(SELECT id
   FROM relay_job
  WHERE next_poll_at <= :#now AND status = 'InProgress' AND job_id IS NOT NULL AND server = :#server
  LIMIT 1)
 UNION ALL
(SELECT id
   FROM relay_job
  WHERE hint = TRUE AND status = 'InProgress' AND job_id IS NOT NULL AND server = :#server
  LIMIT 1)
