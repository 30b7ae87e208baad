-- the one guarded statement that ends jobs: whoever comes second finds nothing to change, but for a result where the relay itself had given up. id + 0: look for the job, not for every id each time
UPDATE relay_job j
   SET (status, ended_at, received_via, callback_id, job_id, creation_time, completion_time, expiration_time, expires_at, last_error)
     = (SELECT c.status, CAST(:#now AS BIGINT), c.via, c.id, COALESCE(c.job_id, j.job_id), COALESCE(c.creation_time, j.creation_time),
               c.completion_time, COALESCE(c.expiration_time, j.expiration_time), COALESCE(c.expires_at, j.expires_at), c.note
          FROM relay_callback c
         WHERE c.job = j.id
           AND c.id + 0 IN (:#in:id)),
       gave_up_id = j.callback_id,
       in_doubt = FALSE,
       hint = FALSE,
       next_submit_at = NULL,
       next_poll_at = NULL,
       claim = NULL
 WHERE j.id IN (:#in:job)
   AND (j.status IN ('Queued', 'InProgress')
        OR (j.status = 'Expired'
            AND j.received_via = 'relay'
            AND EXISTS (SELECT 1
                          FROM relay_callback r
                         WHERE r.job = j.id
                           AND r.id + 0 IN (:#in:id)
                           AND r.via IN ('webhook', 'poll')
                           AND r.status IN ('Success', 'Fail')
                        OFFSET 0)))
