-- its jobIds and deliveries go with it; looked at once more, since somebody may have asked for a delivery meanwhile
DELETE FROM relay_job
 WHERE id = :#id
   AND NOT EXISTS (SELECT 1 FROM relay_delivery d WHERE d.job = relay_job.id AND d.status = 'Pending')
