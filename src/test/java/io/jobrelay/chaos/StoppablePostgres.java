package io.jobrelay.chaos;

import io.jobrelay.RelayFixture;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import io.zonky.test.db.postgres.util.LinuxUtils;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/**
 * A PostgreSQL of its own that dies as in a crash and comes back on the same data and port. The server's binaries and its first data come
 * from zonky's embedded PostgreSQL; what it switches off for speed, the flush of each commit above all, is on here as in production.
 */
final class StoppablePostgres implements AutoCloseable {

    private static final String SETTINGS = """

            port = %d
            fsync = on
            synchronous_commit = on
            max_connections = 100
            listen_addresses = '127.0.0.1'
            """;
    private final Path data;
    private final Path log;
    private final int port = RelayFixture.freePorts()[0];
    private final String control;
    private boolean running;

    /**
     * Starts it.
     *
     * @param folder that is empty and stays until the end
     * @throws IOException when it does not start
     */
    StoppablePostgres(Path folder) throws IOException {
        data = folder.resolve("data");
        log = folder.resolve("postgresql.log");
        try (EmbeddedPostgres first = EmbeddedPostgres.builder().setDataDirectory(data).setCleanDataDirectory(false).setPort(port).start()) {
            String command = Files.readString(data.resolve("postmaster.opts"));
            control = command.substring(0, command.indexOf(" \"")).replaceFirst("postgres(\\.exe)?$", "pg_ctl$1");
        }
        Files.writeString(data.resolve("postgresql.conf"), SETTINGS.formatted(port), StandardOpenOption.APPEND);
        start();
    }

    /** @return the URL of its one database; user and password are both {@code postgres} */
    String url() {
        return "jdbc:postgresql://127.0.0.1:" + port + "/postgres";
    }

    /** @return statements on a connection of their own each */
    JdbcTemplate sql() {
        return new JdbcTemplate(new DriverManagerDataSource(url(), "postgres", "postgres"));
    }

    /** Starts it where it left off, and returns when it takes connections. */
    synchronized void start() {
        if (!running) {
            run("-l", log.toString(), "-w", "-t", "60", "start");
            running = true;
        }
    }

    /** Kills every connection in the middle of what it does; what was committed is found in the log at the next start. */
    synchronized void crash() {
        if (running) {
            run("-m", "immediate", "-w", "stop");
            running = false;
        }
    }

    @Override
    public void close() {
        crash();
    }

    private void run(String... action) {
        List<String> command = new ArrayList<>();
        if (LinuxUtils.isUnshareAvailable()) {
            command.addAll(List.of("unshare", "-U")); // root may not run it, and elsewhere this does no harm
        }
        command.addAll(List.of(control, "-D", data.toString()));
        command.addAll(List.of(action));
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.resolveSibling("pg_ctl.log").toFile())).start();
            if (!process.waitFor(Duration.ofSeconds(70).toSeconds(), TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IllegalStateException("pg_ctl " + List.of(action) + " failed: " + Files.readString(log.resolveSibling("pg_ctl.log")));
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
