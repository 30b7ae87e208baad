-- Times are milliseconds since 1970-01-01T00:00Z, taken from the relay's one clock and never from the database's.
-- Columns that hold a time of the API's own (creation_time, ...) keep the API's text as it came.

CREATE TABLE relay_job (
  id              VARCHAR(36) PRIMARY KEY,
  intake          VARCHAR(36),
  api             VARCHAR(512),
  server          VARCHAR(2000),
  request         TEXT,
  media           VARCHAR(1000),
  reference       VARCHAR(1000),
  metadata        TEXT,
  idempotency_key VARCHAR(255) UNIQUE,
  request_sha256  CHAR(64),
  resubmit_of     VARCHAR(36),
  status          VARCHAR(10) NOT NULL,
  job_id          VARCHAR(512),
  accepted_at     BIGINT NOT NULL,
  ended_at        BIGINT,
  creation_time   VARCHAR(64),
  completion_time VARCHAR(64),
  expiration_time VARCHAR(64),
  expires_at      BIGINT,
  received_via    VARCHAR(7),
  callback_id     BIGINT UNIQUE,
  attempts        INTEGER DEFAULT 0 NOT NULL,
  in_doubt        BOOLEAN DEFAULT FALSE NOT NULL,
  next_submit_at  BIGINT,
  submit_delay    BIGINT DEFAULT 0 NOT NULL,
  next_poll_at    BIGINT,
  poll_delay      BIGINT DEFAULT 0 NOT NULL,
  polls           INTEGER DEFAULT 0 NOT NULL,
  not_found       INTEGER DEFAULT 0 NOT NULL,
  hinted_at       BIGINT,
  hint            BOOLEAN DEFAULT FALSE NOT NULL,
  missed          BOOLEAN DEFAULT FALSE NOT NULL,
  claim           VARCHAR(36),
  last_error      VARCHAR(1000),
  CONSTRAINT relay_job_status CHECK (status IN ('Queued', 'InProgress', 'Success', 'Fail', 'Expired', 'Cancelled')),
  CONSTRAINT relay_job_ended CHECK ((status IN ('Queued', 'InProgress')) = (ended_at IS NULL)),
  CONSTRAINT relay_job_outcome CHECK ((ended_at IS NULL) = (callback_id IS NULL)),
  CONSTRAINT relay_job_via CHECK (received_via IN ('webhook', 'poll', 'submit', 'relay'))
);
CREATE INDEX relay_job_intake ON relay_job (intake) WHERE intake IS NOT NULL;
CREATE INDEX relay_job_reference ON relay_job (reference, id) WHERE reference IS NOT NULL;
CREATE INDEX relay_job_status_id ON relay_job (status, id);
CREATE INDEX relay_job_next_submit ON relay_job (next_submit_at) WHERE next_submit_at IS NOT NULL;
CREATE INDEX relay_job_next_poll ON relay_job (next_poll_at, expires_at) WHERE next_poll_at IS NOT NULL;
CREATE INDEX relay_job_missed ON relay_job (missed, status) WHERE missed = TRUE;
CREATE INDEX relay_job_hint ON relay_job (hint, hinted_at) WHERE hint = TRUE;
CREATE INDEX relay_job_status_expires ON relay_job (status, expires_at) WHERE status = 'InProgress';
CREATE INDEX relay_job_ended_at ON relay_job (ended_at) WHERE ended_at IS NOT NULL;

-- every jobId the API ever gave for a job: a resent submit has two, and both find it
CREATE TABLE relay_job_id (
  job_id VARCHAR(512) PRIMARY KEY,
  job    VARCHAR(36) NOT NULL REFERENCES relay_job (id) ON DELETE CASCADE
);
CREATE INDEX relay_job_id_job ON relay_job_id (job);

-- what ended a job, or claimed to: callbacks as they came, results found by polling, refusals, the relay's own expiries
CREATE TABLE relay_callback (
  id              BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  job             VARCHAR(36) NOT NULL,
  via             VARCHAR(7) NOT NULL,
  received_at     BIGINT NOT NULL,
  verdict         VARCHAR(10) NOT NULL,
  note            VARCHAR(1000),
  status          VARCHAR(64),
  job_id          VARCHAR(512),
  creation_time   VARCHAR(64),
  completion_time VARCHAR(64),
  expiration_time VARCHAR(64),
  expires_at      BIGINT,
  body            BYTEA,
  body_size       BIGINT NOT NULL,
  body_sha256     CHAR(64) NOT NULL,
  settled_at      BIGINT,
  CONSTRAINT relay_callback_via CHECK (via IN ('webhook', 'poll', 'submit', 'relay')),
  CONSTRAINT relay_callback_verdict CHECK (verdict IN ('New', 'Settled', 'Repeat', 'Second', 'Unknown', 'Open', 'Refused'))
);
-- a body of a page or less stays in its row, and a larger one is stored as it is: compressing would take longer than the API waits
ALTER TABLE relay_callback SET (toast_tuple_target = 8160);
ALTER TABLE relay_callback ALTER COLUMN body SET STORAGE EXTERNAL;
CREATE INDEX relay_callback_verdict_id ON relay_callback (verdict, id) WHERE verdict <> 'Settled';
CREATE INDEX relay_callback_job ON relay_callback (job);

-- one row per ended job and sink
CREATE TABLE relay_delivery (
  job             VARCHAR(36) NOT NULL REFERENCES relay_job (id) ON DELETE CASCADE,
  sink            VARCHAR(100) NOT NULL,
  status          VARCHAR(9) NOT NULL,
  attempts        INTEGER DEFAULT 0 NOT NULL,
  next_attempt_at BIGINT,
  claim           VARCHAR(36),
  delivered_at    BIGINT,
  last_error      VARCHAR(1000),
  PRIMARY KEY (job, sink),
  CONSTRAINT relay_delivery_status CHECK (status IN ('Pending', 'Delivered', 'Dead')),
  CONSTRAINT relay_delivery_pending CHECK ((status = 'Pending') = (next_attempt_at IS NOT NULL)),
  CONSTRAINT relay_delivery_delivered CHECK ((status = 'Delivered') = (delivered_at IS NOT NULL))
);
CREATE INDEX relay_delivery_next_attempt ON relay_delivery (next_attempt_at) WHERE next_attempt_at IS NOT NULL;
CREATE INDEX relay_delivery_status_sink ON relay_delivery (status, sink) WHERE status = 'Dead';

-- what was done about a job and left no other trace: submits and polls with their answers, deliveries that failed, what somebody asked for
CREATE TABLE relay_event (
  job         VARCHAR(36) NOT NULL REFERENCES relay_job (id) ON DELETE CASCADE,
  id          BIGINT GENERATED ALWAYS AS IDENTITY,
  happened_at BIGINT NOT NULL,
  what        VARCHAR(8) NOT NULL,
  sink        VARCHAR(100),
  detail      VARCHAR(1000) NOT NULL,
  PRIMARY KEY (job, id),
  CONSTRAINT relay_event_what CHECK (what IN ('submit', 'poll', 'delivery', 'asked'))
);

-- the names in relay.sinks, as of the last start, and since when each stands there: every job that ended since has a delivery for it
CREATE TABLE relay_sink (
  name  VARCHAR(100) PRIMARY KEY,
  since BIGINT
);

-- one row per API server: what all instances must agree on
CREATE TABLE relay_api (
  server          VARCHAR(2000) PRIMARY KEY,
  paused_until    BIGINT DEFAULT 0 NOT NULL,
  access_token    VARCHAR(8000),
  token_until     BIGINT DEFAULT 0 NOT NULL,
  token_lease     BIGINT DEFAULT 0 NOT NULL,
  token_error     VARCHAR(1000),
  token_retry_at  BIGINT DEFAULT 0 NOT NULL,
  token_refusals  INTEGER DEFAULT 0 NOT NULL
);

-- the sliding window: a call holds its place until a minute after its answer
CREATE TABLE relay_api_call (
  id      VARCHAR(36) PRIMARY KEY,
  server  VARCHAR(2000) NOT NULL REFERENCES relay_api (server) ON DELETE CASCADE,
  kind    VARCHAR(6) NOT NULL,
  free_at BIGINT NOT NULL,
  CONSTRAINT relay_api_call_kind CHECK (kind IN ('submit', 'poll', 'hint'))
);
CREATE INDEX relay_api_call_free ON relay_api_call (free_at);

-- the relay's own facts: the signing secret made at first start, whether submits are paused
CREATE TABLE relay_setting (
  name  VARCHAR(100) PRIMARY KEY,
  value_text VARCHAR(4000) NOT NULL
);
INSERT INTO relay_setting (name, value_text) SELECT 'alive.at', '0' WHERE NOT EXISTS (SELECT 1 FROM relay_setting WHERE name = 'alive.at');

-- counted apart from the jobs, in the transactions that insert and remove them, so that a job that is missing shows
CREATE TABLE relay_tally (
  name VARCHAR(100) PRIMARY KEY,
  n    BIGINT NOT NULL
);
INSERT INTO relay_tally (name, n) SELECT 'accepted', 0 WHERE NOT EXISTS (SELECT 1 FROM relay_tally WHERE name = 'accepted');
INSERT INTO relay_tally (name, n) SELECT 'purged', 0 WHERE NOT EXISTS (SELECT 1 FROM relay_tally WHERE name = 'purged');

-- the sandbox's own books: it stands in for the API and knows nothing of the tables above
-- a job is due once for its result (next_result_at) and then for each of its callbacks (next_callback_at); Refused is no job but a refusal rehearsed
CREATE TABLE relay_sandbox_job (
  job_id           VARCHAR(36) PRIMARY KEY,
  api              VARCHAR(512) NOT NULL,
  request          TEXT NOT NULL,
  webhook          VARCHAR(4000) NOT NULL,
  status           VARCHAR(10) NOT NULL,
  creation_time    VARCHAR(64) NOT NULL,
  completion_time  VARCHAR(64),
  expiration_time  VARCHAR(64) NOT NULL,
  expires_at       BIGINT NOT NULL,
  response         TEXT,
  next_result_at   BIGINT,
  next_callback_at BIGINT,
  callbacks        INTEGER DEFAULT 0 NOT NULL,
  repeats          INTEGER DEFAULT 0 NOT NULL,
  claim            VARCHAR(36),
  CONSTRAINT relay_sandbox_job_status CHECK (status IN ('InProgress', 'Success', 'Fail', 'Refused')),
  CONSTRAINT relay_sandbox_job_open CHECK ((status = 'InProgress') = (next_result_at IS NOT NULL)),
  CONSTRAINT relay_sandbox_job_ended CHECK ((status IN ('Success', 'Fail')) = (response IS NOT NULL))
);
CREATE INDEX relay_sandbox_job_result ON relay_sandbox_job (next_result_at);
CREATE INDEX relay_sandbox_job_callback ON relay_sandbox_job (next_callback_at);
CREATE INDEX relay_sandbox_job_expires ON relay_sandbox_job (expires_at);
