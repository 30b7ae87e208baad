package io.jobrelay.promises.chaos;

import static org.awaitility.Awaitility.await;

import io.jobrelay.support.RelayFixture;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import io.zonky.test.db.postgres.util.LinuxUtils;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/**
 * A PostgreSQL of its own that dies as in a crash and comes back on the same data and port, or that follows another one and takes its place.
 * The server's binaries and its first data come from zonky's embedded PostgreSQL; what it switches off for speed, the flush of each commit
 * above all, is on here as in production.
 */
final class StoppablePostgres implements AutoCloseable {

    /**
     * No socket in the file system: its lock file outlives a power cut, and names a process that nobody has seen off where process 1 of a
     * container does not do so; the next start on that port would be refused.
     */
    private static final String SETTINGS = """

            port = %d
            fsync = on
            synchronous_commit = on
            max_connections = 100
            listen_addresses = '127.0.0.1'
            unix_socket_directories = ''
            wal_keep_size = 1GB
            dynamic_shared_memory_type = mmap
            """;
    /** What a copy of a server that runs must not bring along; the folders of the first are empty in it. */
    private static final Set<String> EMPTY = Set.of("pg_wal", "pg_replslot", "pg_dynshmem", "pg_stat_tmp");
    private static final Set<String> OWN = Set.of("postmaster.pid", "postmaster.opts", "postgresql.auto.conf", "standby.signal");
    private final Path data;
    private final Path log;
    private final int port = RelayFixture.freePorts()[0];
    private final Thread last = new Thread(this::kill, "kill-postgresql");
    private String control;
    private boolean running;

    private StoppablePostgres(Path folder, String control) {
        this.data = folder.resolve("data");
        this.log = folder.resolve("postgresql.log");
        this.control = control;
        Runtime.getRuntime().addShutdownHook(last);
    }

    /**
     * Starts it.
     *
     * @param folder that is empty and stays until the end
     * @throws IOException when it does not start
     */
    StoppablePostgres(Path folder) throws IOException {
        this(folder, null);
        try (EmbeddedPostgres first = EmbeddedPostgres.builder().setDataDirectory(data).setCleanDataDirectory(false).setPort(port).start()) {
            String command = Files.readString(data.resolve("postmaster.opts"));
            control = command.substring(0, command.indexOf(" \"")).replaceFirst("postgres(\\.exe)?$", "pg_ctl$1");
        }
        Files.writeString(data.resolve("postgresql.conf"), SETTINGS.formatted(port), StandardOpenOption.APPEND);
        start();
    }

    /**
     * @param folder that is empty and stays until the end
     * @return one that has this one's data and follows it: its standby, without whose word this one confirms no commit from now on
     * @throws IOException when it does not start
     */
    StoppablePostgres standby(Path folder) throws IOException {
        StoppablePostgres standby = new StoppablePostgres(Files.createDirectories(folder), control);
        try {
            standby.follow(this);
        } catch (IOException | RuntimeException e) {
            standby.close();
            throw e;
        }
        return standby;
    }

    /**
     * Comes back as the standby of another, with a copy of that one's data instead of its own, while that one is at work; from then on
     * that one confirms no commit without it.
     *
     * @param primary that runs
     * @throws IOException when the copy cannot be made
     */
    synchronized void follow(StoppablePostgres primary) throws IOException {
        kill();
        RelayFixture.delete(data);
        Files.createDirectory(data, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        try (Connection connection = primary.sql().getDataSource().getConnection(); Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_start_backup('copy', true, false)");
            copy(primary.data);
            try (ResultSet stop = statement.executeQuery("SELECT labelfile FROM pg_stop_backup(false, false)")) {
                stop.next();
                Files.writeString(data.resolve("backup_label"), stop.getString(1));
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        Files.createDirectories(data.resolve("pg_wal/archive_status"));
        Files.createFile(data.resolve("standby.signal"));
        Files.writeString(data.resolve("postgresql.conf"), SETTINGS.formatted(port) + "primary_conninfo = 'host=127.0.0.1 port=" + primary.port
                + " user=postgres application_name=" + name() + "'\n", StandardOpenOption.APPEND);
        start();
        primary.setting("synchronous_standby_names", name());
        await().atMost(RelayFixture.PATIENCE).until(() -> primary.sql().queryForList(
                "SELECT sync_state FROM pg_stat_replication WHERE application_name = ?", String.class, name()), List.of("sync")::equals);
    }

    private void copy(Path from) throws IOException {
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
                Files.createDirectories(data.resolve(from.relativize(folder)));
                return EMPTY.contains(folder.getFileName().toString()) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                try {
                    if (!OWN.contains(file.getFileName().toString())) {
                        Files.copy(file, data.resolve(from.relativize(file)));
                    }
                } catch (NoSuchFileException e) {
                    return visitFileFailed(file, e);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                if (e instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE; // the server has removed it meanwhile: its log says so to whoever starts from this copy
                }
                throw e;
            }
        });
    }

    /**
     * @param name of a setting
     * @param value that it has from now on, in sessions that are open too
     */
    void setting(String name, String value) {
        sql().execute("ALTER SYSTEM SET " + name + " = '" + value + "'");
        sql().execute("SELECT pg_reload_conf()");
    }

    private String name() {
        return "server_" + port;
    }

    /** @return its host and port, as they stand in a URL */
    String address() {
        return "127.0.0.1:" + port;
    }

    /** @return the URL of its one database; user and password are both {@code postgres} */
    String url() {
        return "jdbc:postgresql://" + address() + "/postgres";
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

    /** Ends it as a power cut does: every process of it at one instant, frozen ones too. */
    synchronized void kill() {
        if (running) {
            String memory = identity(6);
            signal("-KILL");
            await().atMost(RelayFixture.PATIENCE).until(() -> RelayFixture.isFree(port));
            command(List.of("ipcrm", "-m", memory)); // nobody is left to give it back
            running = false;
        }
    }

    /** Lets it stand still: its connections stay, new ones are taken by the system, and nobody is ever answered. */
    synchronized void freeze() {
        signal("-STOP");
    }

    /** Lets it go on in the middle of what it did, believing what it believed then. */
    synchronized void thaw() {
        signal("-CONT");
    }

    /** Makes the standby a primary, and returns when it takes writes. */
    void promote() {
        run("-w", "-t", "60", "promote");
    }

    /** The first process first, so that there are no more of them while the others are looked up. */
    private void signal(String signal) {
        ProcessHandle first = ProcessHandle.of(Long.parseLong(identity(0))).orElseThrow();
        command(List.of("kill", "-STOP", String.valueOf(first.pid())));
        String all = Stream.concat(Stream.of(first), first.children()).map(process -> " " + process.pid()).collect(Collectors.joining());
        command(List.of("sh", "-c", "kill " + signal + all + " || true")); // one of them may have come to its end meanwhile
    }

    /** A line of {@code postmaster.pid}: the first is the first process's id, the last word of the seventh that of its shared memory. */
    private String identity(int line) {
        try {
            return Files.readAllLines(data.resolve("postmaster.pid")).get(line).strip().replaceFirst(".* ", "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        kill();
        try {
            Runtime.getRuntime().removeShutdownHook(last);
        } catch (IllegalStateException e) {
            // which is at work already
        }
    }

    private void run(String... action) {
        List<String> command = new ArrayList<>();
        if (LinuxUtils.isUnshareAvailable()) {
            command.addAll(List.of("unshare", "-U")); // root may not run it, and elsewhere this does no harm
        }
        command.addAll(List.of(control, "-D", data.toString()));
        command.addAll(List.of(action));
        command(command);
    }

    private void command(List<String> command) {
        Path output = log.resolveSibling("pg_ctl.log");
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile())).start();
            if (!process.waitFor(Duration.ofSeconds(70).toSeconds(), TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IllegalStateException(command + " failed: " + Files.readString(output) + (Files.exists(log) ? Files.readString(log) : ""));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
