-- a job that the relay had given up may get its result after all: which callback had ended it before that
ALTER TABLE relay_job ADD COLUMN gave_up_id BIGINT;
ALTER TABLE relay_job ADD CONSTRAINT relay_job_gave_up CHECK (gave_up_id IS NULL OR status IN ('Success', 'Fail'));

-- one row per outcome of an ended job and sink
ALTER TABLE relay_delivery ADD COLUMN outcome INTEGER DEFAULT 1 NOT NULL;
ALTER TABLE relay_delivery ADD CONSTRAINT relay_delivery_outcome CHECK (outcome IN (1, 2));
ALTER TABLE relay_delivery DROP CONSTRAINT relay_delivery_pkey;
ALTER TABLE relay_delivery ADD PRIMARY KEY (job, sink, outcome);
