package io.jobrelay.support;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** Debian's PgBouncer in front of a PostgreSQL of the tests; a test that needs one is left out where there is none, but never in CI. */
public final class PgBouncer implements AutoCloseable {

    private final Process process;
    private final int port;
    private final String database;
    private final Path ini;

    private PgBouncer(Process process, int port, String database, Path ini) {
        this.process = process;
        this.port = port;
        this.database = database;
        this.ini = ini;
    }

    /**
     * @param url of a database, as {@code Postgres.newDatabase()} gives it
     * @param mode {@code session}, {@code transaction} or {@code statement}
     * @return a running one in front of it
     * @throws IOException when its files cannot be written
     */
    public static PgBouncer inFrontOf(String url, String mode) throws IOException {
        Path program = List.of("/usr/sbin/pgbouncer", "/usr/bin/pgbouncer").stream().map(Path::of).filter(Files::isExecutable).findFirst().orElse(null);
        assumeTrue(program != null || "true".equals(System.getenv("PGBOUNCER_REQUIRED")), "not tried: pgbouncer (Debian's package) is not installed");
        int port = RelayFixture.freePorts()[0];
        String[] address = url.replaceFirst("^jdbc:postgresql://", "").split("[:/]");
        Path folder = Files.createTempDirectory("pgbouncer", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        Path ini = Files.writeString(folder.resolve("pgbouncer.ini"), """
                [databases]
                * = host=%s port=%s user=postgres password=postgres
                [pgbouncer]
                listen_addr = 127.0.0.1
                listen_port = %d
                unix_socket_dir =
                auth_type = any
                pool_mode = %s
                default_pool_size = 10
                max_client_conn = 200
                ignore_startup_parameters = extra_float_digits
                """.formatted(address[0], address[1], port, mode));
        ProcessBuilder builder = new ProcessBuilder(program.toString(), ini.toString());
        if ("root".equals(System.getProperty("user.name"))) { // which it refuses to be
            builder.command().addAll(1, List.of("-u", "nobody"));
        }
        Process process = builder.redirectErrorStream(true).redirectOutput(folder.resolve("log").toFile()).start();
        Awaitility.await().until(() -> listens(port));
        return new PgBouncer(process, port, address[2], ini);
    }

    private static boolean listens(int port) {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Lets it go on in another mode; connections that are there may stay as they are for a while.
     *
     * @param mode as above
     * @throws IOException when its file cannot be written
     */
    public void change(String mode) throws IOException {
        Files.writeString(ini, Files.readString(ini).replaceFirst("pool_mode = \\w+", "pool_mode = " + mode));
        new ProcessBuilder("kill", "-HUP", String.valueOf(process.pid())).start().onExit().join();
    }

    /** @return the URL of the database through it */
    public String url() {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        process.waitFor(10, TimeUnit.SECONDS);
    }
}
