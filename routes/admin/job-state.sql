-- all that can keep a job waiting
SELECT j.id, j.status, j.api, j.job_id, j.next_submit_at, j.in_doubt, j.next_poll_at, j.expires_at, j.last_error, j.gave_up_id, j.provider_status, j.accepted_at,
       (SELECT COUNT(*) FROM relay_setting s WHERE s.name = 'paused') AS paused,
       (SELECT a.paused_until FROM relay_api a WHERE a.server = :#server) AS paused_until,
       (SELECT a.token_error FROM relay_api a WHERE a.server = :#server) AS token_error,
       (SELECT a.account_error FROM relay_api a WHERE a.server = :#server) AS account_error,
       (SELECT a.account_retry_at FROM relay_api a WHERE a.server = :#server) AS account_retry_at,
       (SELECT a.resumed_at FROM relay_api a WHERE a.server = :#server) AS resumed_at,
       (SELECT c.status FROM relay_callback c WHERE c.job = j.id AND c.verdict = 'Open' ORDER BY c.id DESC LIMIT 1) AS open_status,
       (SELECT COUNT(*) FROM relay_delivery d WHERE d.job = j.id AND d.status = 'Dead') AS dead,
       (SELECT COUNT(*) FROM relay_delivery d WHERE d.job = j.id AND d.status = 'Pending') AS pending
  FROM relay_job j
 WHERE j.id = :#id
