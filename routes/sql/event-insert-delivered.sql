-- a delivery that is made again would forget when it was made before
INSERT INTO relay_event (job, happened_at, what, sink, detail)
SELECT d.job, d.delivered_at, 'delivery', d.sink, 'Delivered at attempt ' || CAST(d.attempts AS VARCHAR(10))
  FROM relay_delivery d
 WHERE d.job = :#id
   AND d.status = 'Delivered'
   AND d.sink IN (SELECT s.name FROM relay_sink s)
