CREATE TABLE IF NOT EXISTS customer_call (name VARCHAR(100), job_id VARCHAR(100), outcome VARCHAR);
DELETE FROM customer_call;
