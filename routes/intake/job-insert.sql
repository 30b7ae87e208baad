INSERT INTO relay_job (id, intake, api, server, request, media, reference, metadata, idempotency_key, request_sha256, resubmit_of,
                       status, job_id, accepted_at, next_submit_at, next_submit_wait, next_poll_at, next_poll_wait,
                       poll_delay, expires_at)
VALUES (:#id, :#intake, :#api, :#server, :#request, :#media, :#reference, :#metadata, :#idempotency_key, :#request_sha256, :#resubmit_of,
        :#status, :#job_id, :#accepted_at, :#next_submit_at, 0, :#next_poll_at, 0,
        :#poll_delay, :#expires_at)
