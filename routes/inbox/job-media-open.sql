-- the media file is served only while a job needs it
SELECT DISTINCT media
  FROM relay_job
 WHERE intake = :#intake
   AND media IS NOT NULL
   AND ended_at IS NULL
