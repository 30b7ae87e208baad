-- every callback is explained; only those that ended their jobs keep a body for good, and the jobId that was known then: an outcome that is delivered again says the same
UPDATE relay_callback c
   SET verdict = CASE
         WHEN EXISTS (SELECT 1 FROM relay_job j WHERE j.callback_id = c.id) THEN 'Settled'
         WHEN NOT EXISTS (SELECT 1 FROM relay_job j WHERE j.id = c.job) THEN 'Unknown'
         WHEN EXISTS (SELECT 1 FROM relay_job j JOIN relay_callback w ON w.id = j.callback_id
                       WHERE j.id = c.job AND w.body_sha256 = c.body_sha256) THEN 'Repeat'
         ELSE 'Second'
       END,
       job_id = COALESCE(c.job_id, (SELECT e.job_id FROM relay_job e WHERE e.callback_id = c.id)),
       settled_at = :#now
 WHERE id IN (:#in:id)
