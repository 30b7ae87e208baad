-- those that were open before the absence, a few at a time; one that is said to have been accepted later than now is older than the clock that was put back
SELECT id, TRUE AS missed
  FROM relay_job
 WHERE status = 'InProgress'
   AND id > :#after
   AND job_id IS NOT NULL
   AND server = :#server
   AND (accepted_at < :#before OR accepted_at - 5000 > :#now)
 ORDER BY id
 LIMIT :#group_size
