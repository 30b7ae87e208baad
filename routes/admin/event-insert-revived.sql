-- each job whose dead delivery is tried again says so
INSERT INTO relay_event (job, happened_at, what, sink, detail)
SELECT d.job, CAST(:#now AS BIGINT), 'asked', d.sink, 'Redelivery of everything Dead'
  FROM relay_delivery d
 WHERE d.sink = :#sink
   AND d.status = 'Dead'
