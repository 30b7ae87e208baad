package io.jobrelay.ops;

import io.jobrelay.RelayFixture;

/** The audit on PostgreSQL. */
class AuditPostgresTest extends AuditLaws {

    @Override
    RelayFixture fixture() {
        return new RelayFixture().withPostgres();
    }

    @Override
    void dropForeignKeys() {
        relay.sql("ALTER TABLE relay_job_id DROP CONSTRAINT relay_job_id_job_fkey");
        relay.sql("ALTER TABLE relay_delivery DROP CONSTRAINT relay_delivery_job_fkey");
    }
}
