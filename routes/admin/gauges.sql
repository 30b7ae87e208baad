SELECT (SELECT COUNT(*) FROM relay_job WHERE status = 'Queued') AS jobs_queued,
       (SELECT COUNT(*) FROM relay_job WHERE status = 'InProgress') AS jobs_inprogress,
       (SELECT COUNT(*) FROM relay_job WHERE status = 'Success') AS jobs_success,
       (SELECT COUNT(*) FROM relay_job WHERE status = 'Fail') AS jobs_fail,
       (SELECT COUNT(*) FROM relay_job WHERE status = 'Expired') AS jobs_expired,
       (SELECT COUNT(*) FROM relay_job WHERE status = 'Cancelled') AS jobs_cancelled,
       (SELECT (CAST(:#now AS BIGINT) - MIN(o.accepted_at)) / 1000
          FROM (SELECT MIN(id) AS id FROM relay_job WHERE status = 'Queued'
                 UNION ALL
                SELECT MIN(id) FROM relay_job WHERE status = 'InProgress') f
          JOIN relay_job o ON o.id = f.id) AS oldest_open_job_seconds,
       (SELECT (MIN(expires_at) - CAST(:#now AS BIGINT)) / 1000 FROM relay_job WHERE status = 'InProgress') AS time_to_loss_seconds,
       (SELECT COUNT(*) FROM relay_job WHERE status = 'InProgress' AND expires_at <= CAST(:#now AS BIGINT) + 86400000) AS results_at_risk,
       (SELECT COUNT(*) FROM relay_job WHERE status = 'Queued' AND in_doubt = TRUE) AS jobs_in_doubt,
       (SELECT COUNT(*) FROM relay_delivery WHERE status = 'Dead') AS deliveries_dead,
       (SELECT CASE WHEN a.paused_until BETWEEN :#now AND CAST(:#now AS BIGINT) + 86400000 OR a.account_retry_at BETWEEN :#now AND CAST(:#now AS BIGINT) + 300000 THEN 0
                    ELSE CAST(:#calls_a_minute AS BIGINT) - (SELECT COUNT(*) FROM relay_api_call c WHERE c.server = a.server AND c.free_at > :#now) END
          FROM relay_api a
         WHERE a.server = :#server) AS api_budget_remaining
