INSERT INTO relay_sandbox_job (job_id, api, request, webhook, status, creation_time, expiration_time, expires_at, next_result_at, claim)
VALUES (:#job_id, :#api, :#request, :#webhook, :#status, :#creation_time, :#expiration_time, :#expires_at, :#next_result_at, :#claim)
