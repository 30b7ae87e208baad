-- those that were open before the absence, a few at a time
SELECT id
  FROM relay_job
 WHERE status = 'InProgress'
   AND id > :#after
   AND job_id IS NOT NULL
   AND server = :#server
   AND accepted_at < :#before
 ORDER BY id
 LIMIT 500
