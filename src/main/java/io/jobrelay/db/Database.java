package io.jobrelay.db;

import io.jobrelay.pool.NetworkDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import javax.sql.DataSource;

/** The one database, and the one thing that differs between its kinds while running: how a commit is made to reach the disk. */
public final class Database {

    /** The databases the relay speaks, each with its folder of numbered scripts. */
    public enum Kind {
        /** H2, embedded. */
        H2,
        /** PostgreSQL 14 and later, or what speaks its protocol. */
        POSTGRESQL;

        /** @return the folder of this database's scripts under {@code io/jobrelay/db} */
        public String folder() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final DataSource dataSource;
    private final Kind kind;
    private final boolean alone;
    private final Supplier<Optional<String>> broken;
    private final boolean lent;

    /**
     * @param dataSource an open pool
     * @param kind what stands behind it
     * @param alone whether no other process can have it open
     */
    public Database(DataSource dataSource, Kind kind, boolean alone) {
        this(dataSource, kind, alone, Optional::empty);
    }

    /**
     * @param dataSource an open pool
     * @param kind what stands behind it
     * @param alone whether no other process can have it open
     * @param broken says why it cannot be used at the moment, though it may answer
     */
    Database(DataSource dataSource, Kind kind, boolean alone, Supplier<Optional<String>> broken) {
        this(dataSource, kind, alone, broken, false);
    }

    /**
     * @param dataSource an open pool
     * @param kind what stands behind it
     * @param alone whether no other process can have it open
     * @param broken says why it cannot be used at the moment, though it may answer
     * @param lent whether a pooler lends its connections for a transaction each
     */
    Database(DataSource dataSource, Kind kind, boolean alone, Supplier<Optional<String>> broken, boolean lent) {
        this.lent = lent;
        this.dataSource = dataSource;
        this.kind = kind;
        this.alone = alone;
        this.broken = broken;
    }

    /** @return the pool every statement of the relay goes through */
    public DataSource dataSource() {
        return dataSource;
    }

    /** @return what stands behind the pool */
    public Kind kind() {
        return kind;
    }

    /**
     * @param seconds that a statement may take
     * @return the same for {@link java.sql.Statement#setQueryTimeout}; 0, which is no bound, on H2: it would keep it for all that comes on the
     *     connection afterwards, whoever has it then
     */
    public int bound(int seconds) {
        return kind == Kind.H2 ? 0 : seconds;
    }

    /** @return whether no other process can have it open: an H2 file that is opened in this one */
    public boolean alone() {
        return alone;
    }

    /** @return whether a pooler lends its connections for a transaction each, so that what a session has set does not stay with it */
    boolean lent() {
        return lent;
    }

    /** @return why it cannot be written at the moment, without secrets, even though it may answer queries; empty when nothing is known */
    public Optional<String> broken() {
        return broken.get();
    }

    /** @return a sentence when it is so far away that callbacks suffer from it, with what was measured; else none */
    public List<String> distance() {
        return dataSource instanceof NetworkDataSource line ? line.distance() : List.of();
    }

    /**
     * Returns when everything committed so far is on the disk. PostgreSQL flushes with each commit; H2 writes at once
     * (WRITE_DELAY 0) but never asks the disk to flush, so a power cut could still take a commit that was answered.
     *
     * @throws SQLException when the disk or the database is gone; nothing may be answered then
     */
    public void flush() throws SQLException {
        if (kind == Kind.H2) {
            try (Connection connection = dataSource.getConnection(); Statement statement = connection.createStatement()) {
                statement.execute("CHECKPOINT SYNC");
            }
        }
    }
}
