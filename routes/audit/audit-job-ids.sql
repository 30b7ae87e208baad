-- every jobId finds a job
SELECT v.job, v.detail, COUNT(*) OVER () AS total
  FROM (SELECT j.id AS job, 'its jobId finds no job' AS detail
          FROM relay_job j
         WHERE j.job_id IS NOT NULL
           AND NOT EXISTS (SELECT 1 FROM relay_job_id k WHERE k.job_id = j.job_id)
         UNION ALL
        SELECT k.job, 'a jobId is left of it, and the job is gone' AS detail
          FROM relay_job_id k
         WHERE NOT EXISTS (SELECT 1 FROM relay_job j WHERE j.id = k.job)) v
 ORDER BY v.job, v.detail
 LIMIT :#listed
