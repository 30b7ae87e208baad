package io.jobrelay.vendor;

import static io.jobrelay.vendor.Drafts.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.jobrelay.document.Document;
import io.jobrelay.document.DocumentReader;
import io.jobrelay.document.Variables;
import io.jobrelay.proof.Jwks;
import io.jobrelay.proof.Material;
import io.jobrelay.proof.Proofs;
import io.jobrelay.proof.Proofs.Verdict;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every vendor's documents are understood by its profile alone: what it answers, what it calls back with, and what proves that it was it. */
class DraftsTest {

    private static final String ID = "job-7";
    private static final byte[] SEED = HexFormat.of().parseHex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
    private static final Clock NOW = Clock.fixed(Instant.parse("2026-11-28T12:00:00Z"), ZoneOffset.UTC);
    private static final Material OURS = material(List.of("whsec_c2VjcmV0LW9mLXRoZS1zYW5kYm94"), "made-for-this-job");

    static List<Drafts.Operation> operations() {
        return Drafts.all().toList();
    }

    @ParameterizedTest
    @MethodSource("operations")
    void the_answer_to_a_submit_gives_the_id_of_the_job_and_its_urls(Drafts.Operation operation) {
        if (operation.profile().path("source").asBoolean()) {
            return;
        }
        Said said = JobReader.submitted(operation.profile()).read(Arrived.of(operation.body("submitted", Drafts.sandbox(operation, ID)))).orElseThrow();
        assertThat(said.id()).isNotBlank();
        assertThat(said.ended()).isFalse();
        operation.at("/submit/job").fieldNames().forEachRemaining(name -> assertThat(name.equals("id") ? said.id() : said.variable("job." + name))
                .as(name).isNotNull());
    }

    @ParameterizedTest
    @MethodSource("operations")
    void a_status_is_told_with_the_vendors_word_and_where_the_response_stands(Drafts.Operation operation) {
        if (operation.at("/status").isTextual()) {
            return;
        }
        Said running = status(operation, "running").orElseThrow();
        assertThat(running.state()).isEqualTo(State.RUNNING);
        assertThat(running.message() != null).isEqualTo(operation.toString().matches("elevenlabs/.*|ringcentral-events/.*"));
        Said success = status(operation, "success").orElseThrow();
        assertThat(success.state()).isEqualTo(State.SUCCESS);
        assertThat(success.word()).isNotBlank();
        assertThat(success.result()).isNotNull();
        assertThat(success.id()).isIn(ID, null);
        if (!operation.at("/examples/failure").isMissingNode()) {
            Said failure = status(operation, "failure").orElseThrow();
            assertThat(failure.state()).isEqualTo(State.FAILURE);
            assertThat(failure.result()).isNotNull();
        }
    }

    private static Optional<Said> status(Drafts.Operation operation, String example) {
        byte[] body = operation.body(example, Drafts.sandbox(operation, ID));
        return body.length == 0 ? Optional.empty() : JobReader.status(operation.profile()).glean(body);
    }

    @ParameterizedTest
    @MethodSource("operations")
    void a_callback_tells_whose_it_is_how_it_ended_and_whether_the_result_came_along(Drafts.Operation operation) {
        Variables variables = Drafts.sandbox(operation, ID);
        for (String end : List.of("success", "failure")) {
            Arrived arrived = callback(operation, end, variables);
            if (arrived == null) {
                continue;
            }
            Said said = JobReader.callback(operation.profile()).read(arrived).orElseThrow();
            assertThat(said.id()).isEqualTo(ID);
            assertThat(said.isEvent()).isTrue();
            assertThat(said.ignored()).isFalse();
            if (operation.profile().path("source").asBoolean()) {
                assertThat(said.sameness()).hasSize(2).doesNotContainNull();
                continue;
            }
            assertThat(said.state().word()).isEqualTo(end);
            JsonNode carries = operation.at("/callback/carries");
            boolean withoutOutput = operation.provider().equals("pyannote") && end.equals("failure"); // as what asks for a notice: it is asked for
            assertThat(said.carriesResult()).isEqualTo((carries.isObject() ? carries.path(end) : carries).asText().equals("result") && !withoutOutput);
        }
    }

    @ParameterizedTest
    @MethodSource("operations")
    void what_the_sandbox_signs_is_verified_and_what_was_changed_is_forged(Drafts.Operation operation) {
        for (String end : List.of("success", "failure")) {
            Arrived unsigned = callback(operation, end, Drafts.sandbox(operation, ID));
            if (unsigned == null) {
                continue;
            }
            Proofs proofs = Proofs.of(operation.at("/callback/verify"));
            State state = end.equals("success") ? State.SUCCESS : State.FAILURE;
            Map<String, Object> headers = new HashMap<>(unsigned.headers());
            headers.putAll(proofs.sign(unsigned, state, OURS, NOW, "msg-1"));
            Arrived signed = new Arrived(unsigned.body(), unsigned.query(), headers);
            assertThat(verdict(operation, signed, state, OURS)).isEqualTo(Verdict.GOOD);

            boolean proven = !verifyFor(operation, state).isEmpty();
            assertThat(verdict(operation, signed, state, material(List.of("whsec_b3RoZXI="), "of-another-job"))).isEqualTo(proven ? Verdict.FORGED : Verdict.GOOD);
            assertThat(verdict(operation, signed, state, material(List.of(), null))).isEqualTo(proven ? Verdict.UNAVAILABLE : Verdict.GOOD);
            byte[] other = bytes(new String(signed.body(), StandardCharsets.UTF_8).replace(ID, "job-8") + " ");
            boolean overBody = verifyFor(operation, state).stream().anyMatch(scheme -> scheme.matches("hmac|ed25519|standard-webhooks"));
            assertThat(verdict(operation, new Arrived(other, signed.query(), headers), state, OURS)).isEqualTo(overBody ? Verdict.FORGED : Verdict.GOOD);
            boolean inHeader = !operation.provider().equals("deepgram");
            assertThat(verdict(operation, unsigned, state, OURS)).isEqualTo(proven && inHeader ? Verdict.FORGED : Verdict.GOOD);
            Verdict late = overBody ? Verdict.STALE : Verdict.GOOD;
            assertThat(Proofs.of(operation.at("/callback/verify")).verify(signed, document(operation, signed), state, OURS,
                    Clock.offset(NOW, Duration.ofHours(1)))).isEqualTo(late);
        }
    }

    private static List<String> verifyFor(Drafts.Operation operation, State state) {
        return operation.at("/callback/verify").findParents("scheme").stream().filter(entry -> !entry.has("for") || entry.path("for").asText().equals(state.word()))
                .map(entry -> entry.path("scheme").asText()).toList();
    }

    private static Verdict verdict(Drafts.Operation operation, Arrived arrived, State state, Material material) {
        return Proofs.of(operation.at("/callback/verify")).verify(arrived, document(operation, arrived), state, material, NOW);
    }

    private static Document document(Drafts.Operation operation, Arrived arrived) {
        JobReader reader = JobReader.callback(operation.profile());
        return DocumentReader.of(reader.places()).read(arrived.body());
    }

    private static Arrived callback(Drafts.Operation operation, String end, Variables variables) {
        JsonNode example = operation.example("callback/" + end, variables);
        if (example.isMissingNode()) {
            return null;
        }
        Map<String, Object> headers = new HashMap<>();
        example.path("headers").fields().forEachRemaining(one -> headers.put(one.getKey(), one.getValue().asText()));
        StringBuilder query = new StringBuilder();
        example.path("query").fields().forEachRemaining(one -> query.append(query.isEmpty() ? "" : "&").append(one.getKey()).append('=')
                .append(one.getValue().asText()));
        return new Arrived(operation.body("callback/" + end, variables), query.isEmpty() ? null : query.toString(), headers);
    }

    private static Material material(List<String> hook, String job) {
        return new Material() {
            @Override
            public List<String> secrets(String variable) {
                return variable.equals("callback.secret") ? job == null ? List.of() : List.of(job) : hook;
            }

            @Override
            public Optional<Jwks> keys(String url) {
                return hook.isEmpty() ? Optional.empty() : Optional.of(Jwks.of(bytes(Jwks.write(hook.get(0).startsWith("whsec_c2") ? SEED : new byte[32]))));
            }

            @Override
            public byte[] seed() {
                return SEED;
            }
        };
    }

    @Test
    void what_a_vendor_does_unasked_is_known_for_what_it_is() {
        Said second = callback("assemblyai", "transcript", "{\"redacted_audio_url\":\"https://x/y\",\"status\":\"redacted_audio_ready\"}");
        assertThat(second.ignored()).isTrue();
        assertThat(second.id()).isNull();
        Said partly = callback("fal", "run", "{\"request_id\":\"r\",\"status\":\"OK\",\"payload\":null,\"payload_error\":\"too large\"}");
        assertThat(partly.state()).isEqualTo(State.SUCCESS);
        assertThat(partly.carriesResult()).as("it is fetched").isFalse();
        Said thin = callback("pyannote", "diarize", "{\"jobId\":\"j\",\"status\":\"succeeded\"}");
        assertThat(thin.carriesResult()).isFalse();
        Said removed = JobReader.status(Drafts.of("replicate", "predictions").profile())
                .glean(bytes("{\"id\":\"p\",\"status\":\"succeeded\",\"output\":null,\"data_removed\":true}")).orElseThrow();
        assertThat(removed.state()).isEqualTo(State.EXPIRED);
        assertThat(removed.word()).isEqualTo("succeeded");
        Said failed = JobReader.status(Drafts.of("fal", "run").profile())
                .glean(bytes("{\"status\":\"COMPLETED\",\"error\":\"no GPU\",\"queue_position\":3}")).orElseThrow();
        assertThat(failed.state()).isEqualTo(State.FAILURE);
        assertThat(failed.word()).as("our own word, where a rule tells").isEqualTo("failure");
        assertThat(failed.shown()).isEqualTo("/queue_position 3");
        assertThat(callback("openai", "batches", "{\"type\":\"response.completed\",\"data\":{\"id\":\"resp_1\"}}").isEvent()).isFalse();
        assertThat(callback("openai", "responses", "{\"type\":\"response.queued\",\"data\":{\"id\":\"resp_1\"}}").state()).as("not listed").isEqualTo(State.RUNNING);
        assertThat(JobReader.status(Drafts.of("openai", "batches").profile())
                .glean(bytes("{\"status\":\"completed\",\"output_file_id\":\"file-2\"}")).orElseThrow().variable("status:/output_file_id")).isEqualTo("file-2");
    }

    private static Said callback(String provider, String operation, String body) {
        return JobReader.callback(Drafts.of(provider, operation).profile()).read(Arrived.of(bytes(body))).orElseThrow();
    }

    @ParameterizedTest
    @MethodSource("operations")
    void what_a_request_for_a_result_is_answered_by_is_the_response(Drafts.Operation operation) {
        byte[] body = operation.body("result", Drafts.sandbox(operation, ID));
        if (body.length > 0) {
            Said said = JobReader.fetched(operation.profile()).read(Arrived.of(body)).orElseThrow();
            assertThat(said.document().whole()).isTrue();
            assertThat(said.result(State.SUCCESS)).isEqualTo(new Document.Span(0, new String(body, StandardCharsets.UTF_8).strip().length()));
            assertThat(said.state()).isNull();
        }
    }

    @Test
    void a_part_is_cut_out_of_the_document_that_has_it() {
        JsonNode part = Drafts.yaml("{result: {success: {from: request, at: /a}, failure: {from: status, at: /b}}, status: {state: {at: /s}}, states: {}}");
        Said fetched = JobReader.fetched(part).read(Arrived.of(bytes("{\"a\":[1]}"))).orElseThrow();
        assertThat(fetched.result(State.SUCCESS)).isEqualTo(new Document.Span(5, 8));
        Said told = JobReader.status(part).read(Arrived.of(bytes("{\"s\":\"x\",\"a\":1,\"b\":2}"))).orElseThrow();
        assertThat(told.result(State.SUCCESS)).as("of another document").isEqualTo(new Document.Span(0, 21));
        assertThat(told.result(State.FAILURE)).isEqualTo(new Document.Span(19, 20));
    }

    @Test
    void what_does_not_fit_ends_no_job() {
        for (Drafts.Operation operation : operations()) {
            for (String wrong : List.of("{}", "{\"status\":{\"a\":1}}", "{\"status\":null}", "{\"status\":\"\"}", "{\"status\":\"SUCCEEDED\"}", "{\"status\":[\"completed\"]}",
                    "[]", "\"completed\"", "<html>completed</html>", "")) {
                assertThat(JobReader.callback(operation.profile()).read(Arrived.of(bytes(wrong))).filter(Said::ended)).as(operation + " " + wrong).isEmpty();
                assertThat(JobReader.status(operation.profile()).glean(bytes(wrong)).filter(Said::ended)).as(operation + " " + wrong).isEmpty();
            }
        }
    }

    @Test
    void the_events_of_one_hook_are_read_once_for_all_its_operations() {
        JobReader responses = JobReader.callback(Drafts.of("openai", "responses").profile());
        JobReader batches = JobReader.callback(Drafts.of("openai", "batches").profile());
        DocumentReader both = DocumentReader.of(Stream.of(responses, batches).flatMap(reader -> reader.places().stream()).toList());
        Arrived arrived = Arrived.of(bytes("{\"type\":\"batch.expired\",\"data\":{\"id\":\"batch_1\"}}"));
        Document document = both.read(arrived.body());
        assertThat(responses.said(arrived, document).isEvent()).isFalse();
        Said said = batches.said(arrived, document);
        assertThat(said.isEvent()).isTrue();
        assertThat(said.state()).isEqualTo(State.EXPIRED);
        assertThat(said.id()).isEqualTo("batch_1");
    }
}
