-- its jobIds and deliveries go with it
DELETE FROM relay_job
 WHERE id = :#id
