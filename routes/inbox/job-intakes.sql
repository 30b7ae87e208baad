-- what has become of the files in .open/: how many jobs each made, and how many of them have not ended
SELECT intake, COUNT(*) AS jobs, COUNT(*) - COUNT(ended_at) AS still_open
  FROM relay_job
 WHERE intake IN (:#in:intakes)
 GROUP BY intake
