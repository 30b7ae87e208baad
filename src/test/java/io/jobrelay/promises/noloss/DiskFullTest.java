package io.jobrelay.promises.noloss;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobrelay.protocol.FatalErrors;
import io.jobrelay.support.FullDisk;
import io.jobrelay.support.Http;
import io.jobrelay.support.RelayFixture;
import io.jobrelay.support.StandInApi;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A full disk under H2 is a database that is away: callbacks come again, what was answered stays, and work resumes when there is room. */
class DiskFullTest {

    private static final String RESULT = "{\"status\":\"Success\",\"response\":\"" + "x".repeat(20_000) + "\"}";
    private static final String JOB = "{\"api\":\"punctuate\",\"request\":{\"texts\":[]}}";

    @TempDir
    Path folder;
    private StandInApi api;
    private RelayFixture relay;

    @BeforeEach
    void start() {
        relay = new RelayFixture();
        api = new StandInApi();
        relay.withApi(api.url()).with("relay.db.url", FullDisk.url(folder.resolve("data/relay"))).with("relay.db.username", "sa")
                .with("relay.db.password", "").with("relay.db.volatile", "false").with("relay.claim.lease", "2s")
                .withBean("relay-clock", Clock.systemUTC()).start();
    }

    @AfterEach
    void stop() {
        FullDisk.makeRoom();
        FullDisk.failWithError(null);
        FullDisk.makeReadOnly(false);
        FatalErrors.install(reason -> { });
        relay.close();
        api.close();
    }

    @Test
    void callbacks_are_503_and_health_is_down_until_there_is_room_and_then_all_goes_on_by_itself() {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            ids.add(relay.openJob("job-" + i));
        }
        FullDisk.leave(60_000);
        List<String> answered = new ArrayList<>();
        int next = 0;
        while (health().status() == 200) {
            String id = ids.get(next++);
            if (answer(id).status() == 200) {
                answered.add(id);
            }
        }
        for (int i = 0; i < 5; i++) {
            Http.Answer refused = answer(ids.get(next + i));
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.header("retry-after")).matches("[1-9]\\d*");
            assertThat(refused.bytes()).isEmpty();
            assertThat(health().status()).isEqualTo(503);
        }
        assertThat(health().text()).contains("No space left on device");
        assertThat(relay.adminPost("/jobs", JOB).status()).isEqualTo(503);

        FullDisk.makeRoom();
        RelayFixture.patiently().until(() -> health().status() == 200);
        answered.forEach(relay::untilDelivered);
        assertThat(relay.count("SELECT COUNT(*) FROM relay_job WHERE status = 'Success'")).isGreaterThanOrEqualTo(answered.size());
        for (String id : ids) {
            assertThat(answer(id).status()).isEqualTo(200);
        }
        ids.forEach(relay::untilDelivered);
        assertThat(relay.resultFiles()).hasSize(40);
        assertThat(relay.count("SELECT COUNT(*) FROM relay_callback WHERE verdict = 'Settled'")).isEqualTo(40);
        assertThat(relay.adminGet("/audit").text()).contains("\"ok\":true");
        assertThat(relay.adminPost("/jobs", JOB).status()).isEqualTo(202);
        assertThat(relay.count("SELECT COUNT(*) FROM INFORMATION_SCHEMA.SETTINGS WHERE SETTING_NAME = 'WRITE_DELAY' AND SETTING_VALUE = '0'"))
                .as("every commit is written at once, after the reopening too").isEqualTo(1);
    }

    @Test
    void it_keeps_no_room_for_itself() {
        String id = relay.openJob("job-1");
        FullDisk.leave(0);
        assertThat(answer(id).status()).isEqualTo(503);
        RelayFixture.patiently().until(() -> health().status() == 503);
        FullDisk.makeRoom();
        RelayFixture.patiently().until(() -> health().status() == 200);
        assertThat(answer(id).status()).isEqualTo(200);
        assertThat(folder.resolve("data").toFile().list()).containsExactly("relay.mv.db");
    }

    @Test
    void a_disk_that_has_become_read_only_is_named_by_health_and_doctor_until_it_can_be_written_again() {
        String id = relay.openJob("job-1");
        FullDisk.makeReadOnly(true);
        assertThat(answer(id).status()).isEqualTo(503);
        RelayFixture.patiently().untilAsserted(() -> assertThat(health().text()).contains("read only", "see to its disk"));
        assertThat(health().status()).isEqualTo(503);
        Http.Answer doctor = relay.adminGet("/doctor");
        assertThat(doctor.status()).isEqualTo(200);
        assertThat(doctor.text()).contains("{\"name\":\"database\",\"result\":\"failed\"", "see to its disk");
        FullDisk.makeReadOnly(false);
        RelayFixture.patiently().until(() -> health().status() == 200);
        assertThat(answer(id).status()).isEqualTo(200);
    }

    /** Where the relay runs by itself it would end; in another application, which goes on, it goes on with it. */
    @Test
    void an_error_of_the_store_is_told_as_the_end_and_where_nobody_ends_it_opens_again() {
        Queue<String> ends = new ConcurrentLinkedQueue<>();
        FatalErrors.install(ends::add);
        String id = relay.openJob("job-1");
        FullDisk.failWithError("Cannot reserve 1048576 bytes of direct buffer memory");
        assertThat(answer(id).status()).isEqualTo(503);
        RelayFixture.patiently().until(() -> !ends.isEmpty());
        assertThat(ends).allMatch(reason -> reason.startsWith("OutOfMemoryError: Cannot reserve 1048576 bytes"));
        RelayFixture.patiently().until(() -> health().status() == 503);
        FullDisk.failWithError(null);
        RelayFixture.patiently().until(() -> health().status() == 200);
        assertThat(answer(id).status()).isEqualTo(200);
        relay.untilDelivered(id);
    }

    private Http.Answer answer(String id) {
        return relay.post(relay.callbackUrl(id), RESULT);
    }

    private Http.Answer health() {
        return relay.adminGet("/observe/health");
    }
}
