package io.jobrelay.admin;

import io.jobrelay.db.Database;
import java.sql.Blob;
import java.util.List;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowMapper;

/**
 * Reads a part of a body that is stored, 50 MB perhaps, without the rest. The two databases have no statement for it in common: H2 would read
 * the whole for a SUBSTRING of it, and PostgreSQL has no locator of a bytea.
 */
public final class StoredBodies {

    private final JdbcTemplate jdbc;
    private final boolean h2;

    /** @param database that holds {@code relay_callback} */
    public StoredBodies(Database database) {
        this.jdbc = new JdbcTemplate(database.dataSource());
        this.h2 = database.kind() == Database.Kind.H2;
    }

    /**
     * @param callback id of a row of {@code relay_callback}
     * @param from how many bytes are passed over
     * @param most bytes that are read
     * @return what is there of them
     * @throws IllegalStateException when the row is gone, or has no body
     */
    public byte[] read(long callback, long from, int most) {
        List<byte[]> found = h2 ? jdbc.query("SELECT body FROM relay_callback WHERE id = ?", part(from, most), callback)
                : jdbc.query("SELECT SUBSTRING(body FROM CAST(? AS INTEGER) FOR CAST(? AS INTEGER)) FROM relay_callback WHERE id = ?",
                        (rows, n) -> rows.getBytes(1), from + 1, most, callback);
        if (found.size() != 1 || found.get(0) == null) {
            throw new IllegalStateException("the outcome is not in the store; bin/relay audit tells more");
        }
        return found.get(0);
    }

    private static RowMapper<byte[]> part(long from, int most) {
        return (rows, n) -> {
            Blob blob = rows.getBlob(1);
            return blob == null ? null : blob.getBytes(from + 1, (int) Math.max(0, Math.min(most, blob.length() - from)));
        };
    }
}
