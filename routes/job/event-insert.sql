-- nothing where the job is gone
INSERT INTO relay_event (job, happened_at, what, sink, detail)
SELECT j.id, CAST(:#now AS BIGINT), CAST(:#${variable.event[what]} AS VARCHAR(8)), CAST(:#${variable.event[sink]} AS VARCHAR(100)),
       CAST(:#${variable.event[detail]} AS VARCHAR(1000))
  FROM relay_job j
 WHERE j.id = :#${variable.event[job]}
