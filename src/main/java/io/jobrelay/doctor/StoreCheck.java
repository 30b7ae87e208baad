package io.jobrelay.doctor;

import io.jobrelay.config.Keys;
import io.jobrelay.config.StartFailure;
import io.jobrelay.db.CommitProbe;
import io.jobrelay.db.Database;
import io.jobrelay.db.DatabaseSetup;
import io.jobrelay.db.Durability;
import io.jobrelay.db.Migrations;
import io.jobrelay.doctor.Doctor.Check;
import io.jobrelay.doctor.Doctor.Result;
import io.jobrelay.pool.DatabaseTrouble;
import io.jobrelay.protocol.Redaction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.camel.CamelContext;
import org.springframework.jdbc.core.JdbcTemplate;

/** The part of the examination that is about the database: whether it can be written, and what it does with a commit. */
final class StoreCheck {

    private static final String NAME = "database";
    private static final long LEAST_ROOM = 4 << 20;
    private final Database database;
    private final CommitProbe probe;
    private final List<Check> found;

    private StoreCheck(Database database, CommitProbe probe, List<Check> found) {
        this.database = database;
        this.probe = probe;
        this.found = found;
    }

    /**
     * @param database of a relay that runs
     * @param probe writes there
     */
    static StoreCheck running(Database database, CommitProbe probe) {
        return new StoreCheck(database, probe, List.of());
    }

    /**
     * Looks as a start would, and changes nothing.
     *
     * @param context closes what is opened
     * @param keys {@code relay.db.*}
     * @return of the database of a relay that does not run
     */
    static StoreCheck stopped(CamelContext context, Keys keys) {
        Database database;
        try {
            database = DatabaseSetup.openToExamine(context, keys);
        } catch (StartFailure e) {
            Result result = keys.required("relay.db.url").startsWith("jdbc:postgresql:") ? Result.FAILED : Result.WARNING;
            return new StoreCheck(null, null, List.of(new Check(NAME, result, result == Result.FAILED ? e.getMessage()
                    : "Not looked at: it cannot be opened from here.")));
        }
        try {
            List<String> hindrances = Migrations.hindrances(database);
            if (!hindrances.isEmpty()) {
                return new StoreCheck(null, null, hindrances.stream().map(sentence -> new Check(NAME, Result.FAILED, sentence)).toList());
            }
            Migrations.check(database);
            Optional<String> file = database.kind() == Database.Kind.H2 ? ofFile(database) : Optional.empty();
            if (file.isPresent()) {
                return new StoreCheck(null, null, List.of(new Check(NAME, Result.FAILED, file.get())));
            }
            return new StoreCheck(database, database.kind() == Database.Kind.H2 ? null : new CommitProbe(database, Runnable::run, one -> { }), List.of());
        } catch (StartFailure e) { // a start makes what is missing; what is newer it does not touch
            return new StoreCheck(null, null, List.of(new Check(NAME, Migrations.isNewer(database) ? Result.FAILED : Result.WARNING, e.getMessage())));
        } catch (SQLException | RuntimeException e) {
            return new StoreCheck(null, null, List.of(new Check(NAME, Result.FAILED, DatabaseTrouble.of(e))));
        }
    }

    /** An H2 is opened only to be read here: whether it can be written is seen at its file. */
    private static Optional<String> ofFile(Database database) {
        String path = new JdbcTemplate(database.dataSource()).queryForObject("SELECT DATABASE_PATH()", String.class);
        try {
            Path file = Path.of(path + ".mv.db");
            if (Files.exists(file) && !Files.isWritable(file)) {
                return Optional.of("The store's file " + file + " cannot be written by this user: let it belong to the relay's, on a disk that is not mounted"
                        + " read-only.");
            }
            if (Files.exists(file) && Files.getFileStore(file).getUsableSpace() < LEAST_ROOM) {
                return Optional.of("The disk of the store's file " + file + " is full: make room on it.");
            }
        } catch (IOException | InvalidPathException e) {
            return Optional.of("The store's file cannot be looked at: " + Redaction.of(e) + ".");
        }
        return Optional.empty();
    }

    /** @return why nothing can be written, and what to do; empty where it can, or was not tried */
    Optional<String> trouble() {
        return probe == null ? Optional.empty() : probe.trouble();
    }

    /** @return a line for each thing that was found */
    List<Check> examine() {
        if (database == null) {
            return found;
        }
        Optional<String> trouble = trouble();
        if (trouble.isPresent()) {
            return List.of(new Check(NAME, Result.FAILED, trouble.get()));
        }
        Durability durability = new Durability(database);
        List<Check> checks = new ArrayList<>();
        List<String> weak = durability.ask();
        durability.rights().forEach(sentence -> checks.add(new Check(NAME, Result.FAILED, sentence)));
        weak.forEach(sentence -> checks.add(new Check(NAME, Result.WARNING, sentence)));
        return checks.isEmpty() ? List.of(new Check(NAME, Result.OK, durability.kept())) : checks;
    }
}
