package io.jobrelay.promises.safeedit;

import static io.jobrelay.promises.safeedit.EditableRelay.route;
import static io.jobrelay.promises.safeedit.EditableRelay.until;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.jobrelay.support.RelayFixture;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.support.service.ServiceSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.provider.Arguments;
import org.slf4j.LoggerFactory;

/** A start goes on whatever is broken in {@code routes/}: what ran last runs again, else what the relay ships, and the broken file is named. */
class BrokenStartTest {

    @TempDir
    private Path upper;
    private EditableRelay files;

    /** Camel tells all about a start that fails, and of each service that had not begun. */
    @BeforeAll
    static void quiet() {
        ((Logger) LoggerFactory.getLogger("org.apache.camel.impl.engine")).setLevel(Level.OFF);
    }

    @AfterAll
    static void loud() {
        ((Logger) LoggerFactory.getLogger("org.apache.camel.impl.engine")).setLevel(null);
    }

    @AfterEach
    void stop() {
        Unsteady.there = false;
        if (files != null) {
            files.close();
        }
    }

    @Test
    void whatever_is_broken_at_the_first_start_is_left_out_and_named_and_what_the_relay_ships_runs() throws IOException {
        Path routes = Files.createDirectories(upper.resolve("routes/settle")).getParent();
        Files.createDirectory(routes.resolve("forward"));
        Map<String, String> expected = new LinkedHashMap<>();
        int n = 10;
        for (Arguments kind : RejectedEditTest.broken().toList()) {
            String name = "mine" + n++;
            Files.writeString(routes.resolve(name + ".camel.yaml"), kind.get()[1].toString().replace("mine", name));
            expected.put(name + ".camel.yaml", kind.get()[2].toString().replace("mine", name));
        }
        Files.createDirectory(routes.resolve("folder.camel.yaml"));
        expected.put("folder.camel.yaml", "it is a folder, not a file");
        Files.createSymbolicLink(routes.resolve("link.camel.yaml"), routes.resolve("nowhere"));
        expected.put("link.camel.yaml", "it is a link that leads nowhere");
        try (RandomAccessFile large = new RandomAccessFile(routes.resolve("large.camel.yaml").toFile(), "rw")) {
            large.setLength(100_000_000);
        }
        expected.put("large.camel.yaml", "it is larger than 4 MiB");
        Files.write(routes.resolve("binary.camel.yaml"), new byte[] {0, 1, 2, (byte) 0xff, (byte) 0xfe});
        expected.put("binary.camel.yaml", "");
        Files.writeString(routes.resolve("deep.camel.yaml"), "[".repeat(100_000));
        expected.put("deep.camel.yaml", "nest");
        Files.writeString(routes.resolve("service.camel.yaml"), "- beans:\n    - name: off\n      type: " + Off.class.getName() + "\n"
                + route("service", "x").replace("- setBody:", "- process:\n            ref: off\n        - setBody:"));
        expected.put("service.camel.yaml", "line 5: the route service cannot be started: the printer is off");
        Files.writeString(routes.resolve("thrower.camel.yaml"), "- beans:\n    - name: thrower\n      type: " + Thrower.class.getName() + "\n"
                + route("thrower", "x"));
        expected.put("thrower.camel.yaml", "planned");
        Files.writeString(routes.resolve("unsteady.camel.yaml"), unsteady("unsteady"));
        expected.put("unsteady.camel.yaml", "line 2: the route unsteady cannot be started: the place is taken");
        Files.writeString(routes.resolve("forward/forward-failed.camel.yaml"), shipped("forward-failed").replace("uri: sql", "uri: sq"));
        expected.put("forward/forward-failed.camel.yaml", "line ");
        Files.writeString(routes.resolve("settle/job-end.sql"), "UPDATE relay_job SET nonsense = 1");
        expected.put("settle/job-end.sql", "line 1: the database does not take it: ");
        Files.writeString(routes.resolve(".#lock.camel.yaml"), "not looked at");
        Files.writeString(routes.resolve("good.camel.yaml"), route("good", "yes"));

        RelayFixture relay = new RelayFixture().withOwnRoutes(upper);
        Files.delete(relay.routes().resolve("settle/settle-callbacks.camel.yaml"));
        expected.put("settle/settle-callbacks.camel.yaml", "direct:settle-callbacks is no longer here");
        files = EditableRelay.start(relay);

        assertThat(files.reload().rejected()).hasSameSizeAs(expected.keySet());
        expected.forEach((name, cause) -> assertThat(files.reload().rejected())
                .as(name).anySatisfy(sentence -> assertThat(sentence).startsWith(name).contains(cause)));
        assertThat(files.answer("good")).isEqualTo("yes");
        assertThat(relay.context().getRegistry().lookupByName("off")).isNull();
        works("after-the-first-start");
        assertThat(relay.adminGet("/observe/health").status()).isEqualTo(200);
        assertThat(relay.adminGet("/observe/health").text()).contains("job-end.sql, line 1: the database", "folder.camel.yaml: it is a folder");
        assertThat(relay.adminGet("/observe/metrics").text()).contains("relay_routes_rejected " + expected.size() + ".0");

        Unsteady.there = true;
        for (String name : expected.keySet()) {
            if (!name.equals("settle/settle-callbacks.camel.yaml") && !name.startsWith("unsteady")) {
                RelayFixture.delete(routes.resolve(name));
            }
        }
        Files.copy(Path.of("routes/settle/settle-callbacks.camel.yaml"), relay.routes().resolve("settle/settle-callbacks.camel.yaml"));
        files.untilAllAreTaken();
        assertThat(files.routes()).containsKey("unsteady");
        works("after-the-repair");
    }

    @Test
    void what_ran_last_runs_again_after_a_restart_until_the_broken_file_is_repaired() throws IOException {
        Unsteady.there = true;
        RelayFixture relay = new RelayFixture().withOwnRoutes().withFileDatabase();
        files = EditableRelay.start(relay);
        Path kept = relay.folder().resolve("data/routes-that-ran");
        assertThat(kept).as("as the relay ships them").doesNotExist();
        files.write("mine.camel.yaml", route("mine", "one"));
        files.write("helper.camel.yaml", route("helper", "help"));
        files.write("user.camel.yaml", route("user", "x").replace("- setBody:", "- to:\n            uri: direct\n            parameters:\n"
                + "              name: helper\n        - setBody:"));
        files.write("sql/mine.sql", "SELECT CAST('one' AS VARCHAR(9)) AS a");
        files.write("mine-sql.camel.yaml", route("mine-sql", "x").replaceFirst("(?s)- setBody:.*", """
                - to:
                            uri: sql
                            parameters:
                              query: "{{sql:mine}}"
                              dataSource: "#relay-data-source"
                              outputType: SelectOne
                """));
        files.write("unsteady.camel.yaml", unsteady("unsteady"));
        files.edit("sink/sink-file.camel.yaml", text -> text.replace("description: ", "description: Mine is to "));
        files.delete("admin/admin-doctor.camel.yaml");
        files.reload().onReload(this);
        files.untilAllAreTaken();
        assertThat(files.answer("mine-sql")).isEqualTo("one");

        files.write("mine.camel.yaml", route("mine", "two").replace("setBody", "setBdy"));
        files.write("sql/mine.sql", "SELECT nonsense");
        files.delete("helper.camel.yaml");
        files.edit("sink/sink-file.camel.yaml", text -> text.replace("uri: direct:", "uri: dirct:"));
        files.write("new.camel.yaml", "- rout:\n");
        files.reload().onReload(this);
        List<String> rejected = files.reload().rejected();
        assertThat(rejected).hasSize(5);

        for (int restart = 0; restart < 2; restart++) {
            Unsteady.there = restart == 0;
            relay.restart();
            assertThat(files.reload().rejected()).containsAll(rejected).hasSize(restart == 0 ? 5 : 6);
            assertThat(List.of(files.answer("mine"), files.answer("mine-sql"), files.answer("user"))).containsExactly("one", "one", "x");
            assertThat(files.routes()).containsKey("helper").doesNotContainKeys("admin-doctor", "new");
            assertThat(files.routes().get("sink-file").getDescription()).startsWith("Mine is to ");
            works("restart-" + restart);
        }
        assertThat(files.routes()).as("it ran, and cannot be started now").doesNotContainKey("unsteady");
        assertThat(Files.getPosixFilePermissions(kept)).isEqualTo(PosixFilePermissions.fromString("rwx------"));

        Unsteady.there = true;
        files.write("mine.camel.yaml", route("mine", "three"));
        files.write("sql/mine.sql", "SELECT CAST('two' AS VARCHAR(9)) AS a");
        files.write("helper.camel.yaml", route("helper", "help"));
        files.write("sink/sink-file.camel.yaml", shipped("sink-file"));
        files.delete("new.camel.yaml");
        files.untilAllAreTaken();
        until(() -> files.answer("mine-sql"), "two");
        assertThat(files.answer("mine")).isEqualTo("three");
        assertThat(files.routes()).containsKey("unsteady");
        works("repaired");
        files.write("mine.camel.yaml", "broken");
        relay.with("relay.routes.reload", "false").restart();
        assertThat(files.answer("mine")).isEqualTo("three");
        assertThat(files.reload().rejected()).singleElement().asString().startsWith("mine.camel.yaml, line 1: ");
    }

    private static String shipped(String name) throws IOException {
        return Files.readString(Path.of("routes", name.replaceFirst("-.*", ""), name + ".camel.yaml"));
    }

    private static String unsteady(String id) {
        return route(id, "x").replaceFirst("uri: direct\\n *parameters:\\n *name: .*\\n", "uri: \"unsteady:x\"\n");
    }

    private void works(String jobId) {
        String job = files.relay.openJob(jobId);
        assertThat(files.relay.post(files.relay.callbackUrl(job), "{\"status\":\"Success\",\"response\":{}}").status()).isEqualTo(200);
        files.relay.untilStatus(job, "Success");
        files.relay.untilDelivered(job);
    }

    /** A step that can be made and not started. */
    public static final class Off extends ServiceSupport implements Processor {

        @Override
        public void process(Exchange exchange) {
            exchange.getMessage().setBody("off");
        }

        @Override
        protected void doStart() {
            throw new IllegalStateException("the printer is off");
        }
    }

    /** A bean that cannot be made. */
    public static final class Thrower {

        public Thrower() {
            throw new AssertionError("planned");
        }
    }
}
