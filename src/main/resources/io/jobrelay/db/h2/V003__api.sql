-- What answers of the API mean. not_found_at: the first of the 404s in a row, by the API's clock. overdue_at and unheard_at count running time
-- (the row 'running' of relay_tally, in milliseconds): since a poll says that the job is open and only our own clock that it has expired, and
-- since it has expired by our own clock and no poll was answered. provider_status: the API's last word for the job, as it stands.
ALTER TABLE relay_job ADD COLUMN IF NOT EXISTS not_found_at BIGINT;
ALTER TABLE relay_job ADD COLUMN IF NOT EXISTS overdue_at BIGINT;
ALTER TABLE relay_job ADD COLUMN IF NOT EXISTS unheard_at BIGINT;
ALTER TABLE relay_job ADD COLUMN IF NOT EXISTS provider_status VARCHAR(64);

-- as long as a time before the job counted as its expiry: such jobs live a week, like those of which nothing is said
UPDATE relay_job SET expires_at = accepted_at + 604800000 WHERE status = 'InProgress' AND expires_at <= accepted_at;

-- penalties: 429s in a row. resumed_at: when somebody lifted a pause. account_*: the API refused to deal with the account, why, and until when
ALTER TABLE relay_api ADD COLUMN IF NOT EXISTS penalties INTEGER DEFAULT 0 NOT NULL;
ALTER TABLE relay_api ADD COLUMN IF NOT EXISTS resumed_at BIGINT;
ALTER TABLE relay_api ADD COLUMN IF NOT EXISTS account_error VARCHAR(1000);
ALTER TABLE relay_api ADD COLUMN IF NOT EXISTS account_retry_at BIGINT DEFAULT 0 NOT NULL;
ALTER TABLE relay_api ADD COLUMN IF NOT EXISTS account_delay BIGINT DEFAULT 0 NOT NULL;

INSERT INTO relay_tally (name, n) SELECT 'running', 0 WHERE NOT EXISTS (SELECT 1 FROM relay_tally WHERE name = 'running');
