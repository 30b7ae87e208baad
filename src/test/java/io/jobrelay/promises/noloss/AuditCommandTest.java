package io.jobrelay.promises.noloss;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import io.jobrelay.audit.AuditCommand;
import io.jobrelay.support.Postgres;
import io.jobrelay.support.RelayCommand;
import io.jobrelay.support.RelayFixture;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code bin/relay audit}: asks the relay that runs, looks for itself where none does, and tells both people and machines. */
class AuditCommandTest {

    @TempDir
    private Path folder;

    @Test
    void the_running_relay_is_asked() {
        try (RelayFixture relay = new RelayFixture().start()) {
            String id = relay.openJob("one");
            relay.queuedJob();
            relay.post(relay.callbackUrl(id), "{\"status\":\"Success\"}");
            relay.forward();
            Run good = audit("-Drelay.admin.port=" + relay.adminPort());
            assertThat(good.err).isEmpty();
            assertThat(good.out.lines()).containsExactly(
                    "accepted             2",
                    "purged               0",
                    "open                 1  Queued 1, InProgress 0",
                    "ended                1  Success 1, Fail 0, Expired 0, Cancelled 0",
                    "deliveries           1  Delivered 1, Pending 0, Dead 0",
                    "callbacks            1  New 0, Settled 1, Repeat 0, Second 0, Unknown 0, Open 0, Refused 0",
                    "results              1  compared with their SHA-256, 20 bytes",
                    "",
                    "The law holds.");
            assertThat(good.status).isZero();

            relay.sql("DELETE FROM relay_delivery");
            Run broken = audit("-Drelay.admin.port=" + relay.adminPort());
            assertThat(broken.out.lines().toList()).endsWith("The law is broken.",
                    "deliveries  " + id + "  it ended as Success and has no delivery to sink file");
            assertThat(broken.status).isEqualTo(1);

            Run json = audit("-Drelay.admin.port=" + relay.adminPort(), "--json");
            assertThat(json.status).isEqualTo(1);
            assertThat(json.out).isEqualTo(relay.adminGet("/audit").text() + System.lineSeparator());
        }
    }

    @Test
    void the_key_is_that_of_the_relay() {
        try (RelayFixture relay = new RelayFixture().with("relay.admin.api-key", "the key of the relay").with("relay.admin.host", "0.0.0.0").start()) {
            String port = "-Drelay.admin.port=" + relay.adminPort();
            assertThat(audit(port, "-Drelay.admin.host=0.0.0.0", "-Drelay.admin.api-key=the key of the relay").status).isZero();
            assertThat(audit(port, "-Drelay.admin.api-key=another one of sixteen")).isEqualTo(notChecked("The relay at http://127.0.0.1:" + relay.adminPort()
                    + " refuses the key: set relay.admin.api-key to the one it was started with."));
            assertThat(audit(port)).isEqualTo(notChecked("The relay at http://127.0.0.1:" + relay.adminPort()
                    + " asks for a key: set relay.admin.api-key to the one it was started with."));
        }
    }

    @Test
    void where_no_relay_runs_the_database_is_read_and_left_as_it_is() throws Exception {
        try (RelayFixture relay = new RelayFixture().withFileDatabase().start()) {
            relay.context().getRouteController().stopRoute("tick-due");
            String id = relay.openJob("one");
            relay.insertCallback(relay.openJob("two"), "poll", "Success", "{\"status\":\"Success\"}");
            relay.sql("UPDATE relay_callback SET received_at = 1");
            relay.stop();
            byte[] before = Files.readAllBytes(relay.folder().resolve("data/relay.mv.db"));
            String[] stopped = {"-Drelay.admin.port=" + relay.adminPort(), "-Drelay.db.url=jdbc:h2:file:" + relay.folder().resolve("data/relay")};
            Run good = audit(stopped);
            assertThat(good.out).contains("callbacks            1  New 1,").contains("No relay runs here.").endsWith("The law holds.\n");
            assertThat(good.status).isZero();
            JsonNode json = AuditLaws.json(audit(plus(stopped, "--json")).out);
            assertThat(json.get("running").booleanValue()).isFalse();
            assertThat(json.get("counts").get("accepted").intValue()).isEqualTo(2);
            assertThat(Files.readAllBytes(relay.folder().resolve("data/relay.mv.db"))).isEqualTo(before);
            assertThat(relay.folder().resolve("data")).isDirectoryContaining("glob:**relay.mv.db");

            relay.start();
            relay.sql("UPDATE relay_job SET next_poll_at = NULL WHERE id = ?", id);
            relay.stop();
            Run broken = audit(stopped);
            assertThat(broken.out).contains("due         " + id + "  it is InProgress, and nothing is due that could end it");
            assertThat(broken.status).isEqualTo(1);
        }
    }

    @Test
    void the_same_on_postgresql() {
        try (RelayFixture relay = new RelayFixture().withPostgres().start()) {
            relay.openJob("one");
            String url = relay.count("SELECT COUNT(*) FROM relay_job") == 1 ? relay.bean("relay-keys", io.jobrelay.config.Keys.class)
                    .required("relay.db.url") : "";
            relay.stop();
            String[] postgres = {"-Drelay.admin.port=" + relay.adminPort(), "-Drelay.db.username=postgres", "-Drelay.db.password=postgres"};
            Run good = audit(plus(postgres, "-Drelay.db.url=" + url));
            assertThat(good.err).isEmpty();
            assertThat(good.out).contains("accepted             1").endsWith("The law holds.\n");
            assertThat(audit(plus(postgres, "-Drelay.db.url=" + Postgres.newDatabase()))).isEqualTo(notChecked("No relay answers at http://127.0.0.1:"
                    + relay.adminPort() + ". The database that relay.db.url names holds no tables of a relay. They are made when a relay starts."));
        }
    }

    @Test
    void a_database_that_is_not_there_is_not_made() {
        int port = RelayFixture.freePorts()[1];
        String url = "jdbc:h2:file:" + folder.resolve("data/relay");
        assertThat(audit("-Drelay.admin.port=" + port, "-Drelay.db.url=" + url)).isEqualTo(notChecked("No relay answers at http://127.0.0.1:" + port
                + ". The database " + url + " (relay.db.url) cannot be opened: it does not exist."));
        assertThat(folder).isEmptyDirectory();
        assertThat(audit("-Drelay.admin.port=" + port, "-Drelay.db.url=jdbc:h2:mem:x", "-Drelay.db.volatile=true").err)
                .contains("names a database in memory, which is there only while its relay runs.");
    }

    @Test
    void a_database_that_another_process_holds_is_told_and_so_is_the_exit_status() {
        try (RelayFixture relay = new RelayFixture().withFileDatabase().start()) {
            String url = "-Drelay.db.url=jdbc:h2:file:" + relay.folder().resolve("data/relay");
            try (RelayCommand elsewhere = RelayCommand.start(folder, Map.of(), "audit", "-Drelay.admin.port=" + RelayFixture.freePorts()[1], url);
                    RelayCommand there = RelayCommand.start(folder, Map.of("RELAY_ADMIN_PORT", "" + relay.adminPort()), "audit", "--json", url)) {
                assertThat(elsewhere.exitStatus()).isEqualTo(2);
                assertThat(elsewhere.out()).isEmpty();
                assertThat(elsewhere.err().lines()).singleElement().asString().contains("No relay answers at", "another process", "has it open",
                        "relay.admin.port");
                assertThat(there.exitStatus()).isZero();
                assertThat(there.err()).isEmpty();
                assertThat(AuditLaws.json(there.out()).get("ok").booleanValue()).isTrue();
            }
            assertThat(folder).isEmptyDirectory();
        }
    }

    @Test
    void whoever_else_answers_is_told_apart_from_a_relay() throws IOException {
        for (String answer : List.of("404 <html>", "200 <html>", "200 {\"ok\":true}", "200 ", "302 {}")) {
            Run run = auditOf(answer);
            assertThat(run.status).as(answer).isEqualTo(2);
            assertThat(run.err.lines()).singleElement().asString().contains("is not this relay", answer.substring(0, 3), "relay.admin.port");
            assertThat(run.out).isEmpty();
        }
        assertThat(auditOf("503 {\"type\":\"urn:jobrelay:problem:database-away\",\"detail\":\"The database\\u001b[2J did not answer.\"}").err)
                .contains("answered 503: The database [2J did not answer.");
    }

    @Test
    void another_audit_under_way_is_waited_for() throws IOException {
        Run run = auditOf("503 {\"type\":\"urn:jobrelay:problem:audit-under-way\",\"detail\":\"Ask again.\"}",
                "200 {\"ok\":false,\"at\":\"\",\"counts\":{\"violations\":7},\"violations\":[{\"law\":\"x\\u001b[2J\",\"detail\":\"y\"}]}");
        assertThat(run.status).isEqualTo(1);
        assertThat(run.out).contains("The law is broken, 7 times.", "x [2J", "and 6 more").doesNotContain("\u001b");
    }

    @Test
    void an_argument_it_does_not_know_is_refused() {
        assertThat(audit("--jsn")).isEqualTo(notChecked("The argument --jsn is not known. The audit takes --json and -Dkey=value."));
        assertThat(audit("-Drelay.admin.host=no.such.host.invalid").err).contains("relay.admin.host is no.such.host.invalid");
        assertThat(audit("-Drelay.admin.port=x").err).contains("relay.admin.port");
    }

    private record Run(int status, String out, String err) {
    }

    private static Run notChecked(String sentence) {
        return new Run(2, "", sentence + System.lineSeparator());
    }

    private static Run audit(String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int status = AuditCommand.run(List.of(args), new PrintStream(out, true), new PrintStream(err, true));
        return new Run(status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /** Audits a server that gives these answers, the last again and again. */
    private static Run auditOf(String... answers) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        AtomicInteger asked = new AtomicInteger();
        server.createContext("/", exchange -> {
            String answer = answers[Math.min(asked.getAndIncrement(), answers.length - 1)];
            byte[] body = answer.substring(4).getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(Integer.parseInt(answer.substring(0, 3)), body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        try {
            return audit("-Drelay.admin.port=" + server.getAddress().getPort());
        } finally {
            server.stop(0);
        }
    }

    private static String[] plus(String[] args, String more) {
        List<String> all = new ArrayList<>(Arrays.asList(args));
        all.add(more);
        return all.toArray(String[]::new);
    }
}
