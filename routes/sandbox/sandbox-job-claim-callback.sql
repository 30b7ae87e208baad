-- one statement: what is due is leased to this claim, longest due first; what another holds at this moment is passed over
UPDATE relay_sandbox_job
   SET claim = :#claim,
       next_callback_at = :#lease_until
 WHERE job_id IN (SELECT job_id
                    FROM relay_sandbox_job
                   WHERE next_callback_at <= :#now
                     AND expires_at > :#now
                   ORDER BY next_callback_at
                   LIMIT 16
                     FOR UPDATE SKIP LOCKED)
