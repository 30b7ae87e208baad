package io.jobrelay.promises.operator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jobrelay.support.RelayCommand;
import io.jobrelay.support.RelayFixture;
import io.jobrelay.support.Reply;
import io.jobrelay.support.StandInApi;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The doctor says what is wrong around the relay and what to do; each line is ok, warning or failed. */
class DoctorTest {

    private final RelayFixture relay = new RelayFixture();
    private final StandInApi api = new StandInApi(relay.clock());

    @AfterEach
    void stop() {
        relay.close();
        api.close();
    }

    @Test
    void where_all_is_well_nothing_fails_and_nothing_is_left_behind() throws IOException {
        relay.withApi(api.url()).start();
        JsonNode report = examine();
        assertThat(report.path("ok").asBoolean()).as(report.toPrettyString()).isTrue();
        Map<String, String> results = results(report);
        assertThat(results).containsEntry("account", "ok").containsEntry("public URL", "ok").containsEntry("webhook", "ok")
                .containsEntry("validation token", "ok").containsEntry("media", "ok").containsEntry("database", "ok").containsKey("rate limit");
        assertThat(relay.count("SELECT COUNT(*) FROM relay_callback")).isZero();
    }

    @Test
    void refused_credentials_and_a_missing_scope_are_told_with_what_to_do() throws IOException {
        relay.withApi(api.url()).start();
        api.nextTokens(Reply.error(401, "OAU-140", "Invalid resource owner credentials"));
        assertThat(says(examine(), "account")).startsWith("failed").contains("relay.ringcentral.client-id");
        api.nextTokens(Reply.json(200, "{\"access_token\":\"t-1\",\"token_type\":\"bearer\",\"expires_in\":3600,\"scope\":\"ReadAccounts\"}"));
        assertThat(says(examine(), "account")).startsWith("failed").contains("scope AI", "ReadAccounts").doesNotContain("t-1");
    }

    @Test
    void a_public_url_that_leads_elsewhere_is_told() throws IOException {
        relay.with("relay.public-url", api.url()).withApi(api.url()).start();
        assertThat(says(examine(), "webhook")).startsWith("failed").contains("exactly 200");
        assertThat(examine().path("ok").asBoolean()).isFalse();
    }

    @Test
    void a_clock_that_is_wrong_and_a_sink_that_nobody_serves_are_told() throws IOException {
        relay.withApi(api.url()).with("relay.sinks", "file,kafka").start();
        api.date(relay.clock().instant().minus(Duration.ofMinutes(10)));
        JsonNode report = examine();
        assertThat(says(report, "clock")).startsWith("failed").contains("NTP");
        assertThat(says(report, "sinks")).startsWith("failed").contains("direct:sink-kafka");
    }

    @Test
    void the_command_asks_the_running_relay_and_looks_for_itself_where_none_runs(@TempDir Path folder) {
        relay.withApi(api.url()).start();
        try (RelayCommand doctor = RelayCommand.start(folder, Map.of(), "doctor", "-Drelay.admin.port=" + relay.adminPort())) {
            assertThat(doctor.exitStatus()).as(doctor.out() + doctor.err()).isZero();
            assertThat(doctor.out().lines()).anyMatch(line -> line.matches("ok +webhook +A signed callback .*"));
        }
        try (RelayCommand doctor = RelayCommand.start(folder, Map.of("RC_SERVER_URL", api.url(), "RC_APP_CLIENT_ID", "x", "RC_APP_CLIENT_SECRET", "y",
                "RC_USER_JWT", "z"), "doctor", "-Drelay.admin.port=" + RelayFixture.freePorts()[0])) {
            assertThat(doctor.exitStatus()).isEqualTo(1);
            assertThat(doctor.out()).containsPattern("failed +account").containsPattern("warning +webhook +Not tried");
        }
    }

    private JsonNode examine() throws IOException {
        return new ObjectMapper().readTree(relay.adminGet("/doctor").bytes());
    }

    private static Map<String, String> results(JsonNode report) {
        Map<String, String> results = new TreeMap<>();
        report.path("checks").forEach(check -> results.put(check.path("name").asText(), check.path("result").asText()));
        return results;
    }

    private static String says(JsonNode report, String name) {
        for (JsonNode check : report.path("checks")) {
            if (check.path("name").asText().equals(name)) {
                return check.path("result").asText() + " " + check.path("says").asText();
            }
        }
        return "no check " + name + " in " + report;
    }
}
