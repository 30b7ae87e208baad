-- read when there is room for it: a batch of them would be many times 20 MB
SELECT request
  FROM relay_job
 WHERE id = :#id
