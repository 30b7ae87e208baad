-- how often submits with this webhook have been refused because they asked for it
SELECT COUNT(*)
  FROM relay_sandbox_job
 WHERE webhook = :#webhook
   AND status = 'Refused'
