-- what a job that has left was ended by
DELETE FROM relay_callback
 WHERE job = :#id
   AND NOT EXISTS (SELECT 1 FROM relay_job j WHERE j.id = relay_callback.job)
