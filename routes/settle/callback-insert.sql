INSERT INTO relay_callback (job, via, received_at, verdict, note, status, job_id,
                            creation_time, completion_time, expiration_time, expires_at,
                            body, body_size, body_sha256, settled_at)
VALUES (:#job, :#via, :#received_at, :#verdict, :#note, :#status, :#job_id,
        :#creation_time, :#completion_time, :#expiration_time, :#expires_at,
        :#body, :#body_size, :#body_sha256, :#settled_at)
