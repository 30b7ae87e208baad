-- What was asked for beside each time: how long it was to be waited, in milliseconds, when the time was set. After the clock was put back
-- nothing waits for longer than that. Null: a version of the relay that knew no such column has set the time.
ALTER TABLE relay_job ADD COLUMN next_submit_wait BIGINT;
ALTER TABLE relay_job ADD COLUMN next_poll_wait BIGINT;
ALTER TABLE relay_delivery ADD COLUMN next_attempt_wait BIGINT;
ALTER TABLE relay_api ADD COLUMN paused_wait BIGINT;
ALTER TABLE relay_api ADD COLUMN token_retry_wait BIGINT;

-- whose token_lease is: what a dead process held can be given back
ALTER TABLE relay_api ADD COLUMN token_claim VARCHAR(36);

-- running time (relay_tally) at the first of the 404s in a row: two minutes of it lie between two that end a job where the API tells no time
ALTER TABLE relay_job ADD COLUMN not_found_run BIGINT;

-- The clock as the instances have seen it, in milliseconds since the epoch. clock.seen: the latest that was read. clock.put: since when nobody
-- can say how long ago what happened before then is, and clock.put.by: by how much the clock went ahead. clock.right: 1 where the API's Date
-- agrees with it.
INSERT INTO relay_tally (name, n) SELECT 'clock.seen', 0 WHERE NOT EXISTS (SELECT 1 FROM relay_tally WHERE name = 'clock.seen');
INSERT INTO relay_tally (name, n) SELECT 'clock.put', 0 WHERE NOT EXISTS (SELECT 1 FROM relay_tally WHERE name = 'clock.put');
INSERT INTO relay_tally (name, n) SELECT 'clock.put.by', 0 WHERE NOT EXISTS (SELECT 1 FROM relay_tally WHERE name = 'clock.put.by');
INSERT INTO relay_tally (name, n) SELECT 'clock.right', 0 WHERE NOT EXISTS (SELECT 1 FROM relay_tally WHERE name = 'clock.right');
