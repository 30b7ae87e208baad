-- a delivery that is made again would forget when it was made before
INSERT INTO relay_event (job, happened_at, what, sink, detail)
SELECT d.job, d.delivered_at, 'delivery', d.sink,
       'Delivered at attempt ' || CAST(d.attempts AS VARCHAR(10)) || CASE WHEN d.outcome = 2 THEN ' (second outcome)' ELSE '' END
  FROM relay_delivery d
 WHERE d.job = :#id
   AND d.status = 'Delivered'
   AND d.sink IN (SELECT s.name FROM relay_sink s)
   AND d.outcome = (SELECT CASE WHEN j.gave_up_id IS NULL THEN 1 ELSE 2 END FROM relay_job j WHERE j.id = :#id)
