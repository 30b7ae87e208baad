-- H2 commits each statement by itself: a relay that was killed in between runs the whole script again.

-- a job that the relay had given up may get its result after all: which callback had ended it before that
ALTER TABLE relay_job ADD COLUMN IF NOT EXISTS gave_up_id BIGINT;
ALTER TABLE relay_job ADD CONSTRAINT IF NOT EXISTS relay_job_gave_up CHECK (gave_up_id IS NULL OR status IN ('Success', 'Fail'));

-- one row per outcome of an ended job and sink. H2 gave the old key a name of its own; in a second run there may be none any more
ALTER TABLE relay_delivery ADD COLUMN IF NOT EXISTS outcome INTEGER DEFAULT 1 NOT NULL;
ALTER TABLE relay_delivery ADD CONSTRAINT IF NOT EXISTS relay_delivery_outcome CHECK (outcome IN (1, 2));
EXECUTE IMMEDIATE 'ALTER TABLE relay_delivery DROP CONSTRAINT IF EXISTS "'
  || COALESCE((SELECT c.constraint_name FROM information_schema.table_constraints c
                WHERE UPPER(c.table_name) = 'RELAY_DELIVERY' AND c.table_schema = CURRENT_SCHEMA AND c.constraint_type = 'PRIMARY KEY'), 'none') || '"';
ALTER TABLE relay_delivery ADD PRIMARY KEY (job, sink, outcome);
