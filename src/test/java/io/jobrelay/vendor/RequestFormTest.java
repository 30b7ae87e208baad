package io.jobrelay.vendor;

import static io.jobrelay.vendor.Drafts.json;
import static io.jobrelay.vendor.Drafts.yaml;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.jobrelay.document.Template;
import io.jobrelay.document.Variables;
import io.jobrelay.vendor.RequestForm.Sent;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The caller's request goes out as it was written, digit for digit; what the relay must add stands in it, and whose it is there is told. */
class RequestFormTest {

    private static final Variables SOME = Variables.none().with("callback.url", "https://relay.example/webhook/a/1.s?x=1&y").with("callback.secret", "s3")
            .with("job.ref", "ref-1").with("media.url", "https://relay.example/m").with("media.format", "Wav").with("registration.id", "whe_1");
    private static final Variables NOT_YET = Variables.none();

    private static RequestForm form(String provider, String operation) {
        return RequestForm.of(Drafts.of(provider, operation).at("/submit"));
    }

    private static String body(Sent sent) {
        return new String(sent.body(), StandardCharsets.UTF_8);
    }

    @Test
    void ringcentrals_url_goes_into_the_query_and_the_request_is_not_touched() {
        String request = "{ \"contentUri\":\"https:\\/\\/x\", \"n\": 1.0e-7 , \"n\":12345678901234567890.10 }\n";
        Sent sent = form("ringcentral", "summarize").write(request, null, false, SOME);
        assertThat(body(sent)).isEqualTo(request);
        assertThat(sent.query()).isEqualTo("webhook=https%3A%2F%2Frelay.example%2Fwebhook%2Fa%2F1.s%3Fx%3D1%26y");
        assertThat(sent.contentType()).isEqualTo("application/json");
        assertThat(sent.headers()).isEmpty();
        assertThat(sent.marked()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '^', value = {"{}|{\"contentUri\":\"https://relay.example/m\",\"encoding\":\"Wav\"}",
        "{ \"languageCode\": \"en-US\" }|{ \"languageCode\": \"en-US\",\"contentUri\":\"https://relay.example/m\",\"encoding\":\"Wav\"}",
        "{\"encoding\":\"Wav\"}|{\"encoding\":\"Wav\",\"contentUri\":\"https://relay.example/m\"}",
        "{\"contentUri\":null,\"encoding\":\"Mp3\"}|{\"contentUri\":\"https://relay.example/m\",\"encoding\":\"Wav\"}"})
    void a_media_file_is_added_in_front_of_the_last_brace(String request, String sent) {
        assertThat(body(form("ringcentral", "speech-to-text").write(request, null, true, SOME)).replace(" }", "}")).isEqualTo(sent);
    }

    @Test
    void members_are_added_to_the_body_and_blanks_escapes_and_digits_of_the_caller_stay() {
        String request = "{\"audio_url\" : \"https:\\/\\/x\\u00e9\", \"n\":0.10000000000000000001,\n \"words\":[ ] \n}";
        assertThat(body(form("assemblyai", "transcript").write(request, null, false, SOME))).isEqualTo("{\"audio_url\" : \"https:\\/\\/x\\u00e9\","
                + " \"n\":0.10000000000000000001,\n \"words\":[ ],\"webhook_url\":\"https://relay.example/webhook/a/1.s?x=1&y\","
                + "\"webhook_auth_header_name\":\"X-Relay-Callback\",\"webhook_auth_header_value\":\"s3\"}");
    }

    @Test
    void what_the_relay_must_set_and_the_caller_sets_otherwise_is_told_by_its_name() {
        RequestForm assemblyai = form("assemblyai", "transcript");
        assertThat(assemblyai.conflict("{\"webhook_url\":\"https://mine\"}", null, false, NOT_YET)).contains("webhook_url");
        assertThat(assemblyai.conflict("{\"webhook_auth_header_name\":\"X-Relay-Callback\"}", null, false, NOT_YET)).as("the same").isEmpty();
        assertThat(assemblyai.conflict("{\"webhook_auth_header_name\":\"X-Mine\"}", null, false, NOT_YET)).contains("webhook_auth_header_name");
        assertThat(assemblyai.conflict("{\"webhook_url\":null,\"a\":{\"webhook_url\":1}}", null, false, NOT_YET)).as("null is not set").isEmpty();
        assertThat(assemblyai.conflict("{\"audio_url\":\"https://mine\"}", null, false, NOT_YET)).isEmpty();
        assertThat(assemblyai.conflict("{\"audio_url\":\"https://mine\"}", null, true, NOT_YET)).contains("audio_url");
        RequestForm responses = form("openai", "responses");
        assertThat(responses.conflict("{\"background\":true}", null, false, NOT_YET)).isEmpty();
        assertThat(responses.conflict("{\"background\":false}", null, false, NOT_YET)).contains("background");
        assertThat(responses.conflict("{\"background\":false,\"background\":true}", null, false, NOT_YET)).as("either may count there").contains("background");
        assertThat(form("openai", "batches").conflict("{\"background\":false}", null, false, NOT_YET)).isEmpty();
        assertThat(form("gladia", "pre-recorded").conflict("{\"callback_config\":{\"method\":\"PUT\"}}", null, false, SOME)).contains("callback_config");
    }

    @Test
    void options_go_into_the_query_as_the_vendor_writes_them_but_for_those_of_the_relay() {
        RequestForm listen = form("deepgram", "listen");
        Sent sent = listen.write("{\"url\":\"https://x\"}", "model=nova-3&keyterm=a%20b&keyterm=c&diarize", false, SOME);
        assertThat(sent.query()).isEqualTo("model=nova-3&keyterm=a%20b&keyterm=c&diarize&callback=https%3A%2F%2Frelay.example%2Fwebhook%2Fa%2F1.s%3Fx%3D1%26y"
                + "&extra=callback_secret%3As3");
        assertThat(body(sent)).isEqualTo("{\"url\":\"https://x\"}");
        assertThat(listen.conflict("{}", "model=nova-3&callback=https://mine", false, NOT_YET)).contains("callback");
        assertThat(listen.conflict("{}", "%63allback=x", false, SOME)).contains("callback");
        assertThat(listen.conflict("{}", "extra=mine:1", false, NOT_YET)).contains("extra");
        assertThat(listen.conflict("{}", "model=nova-3&bad=%zz", false, NOT_YET)).isEmpty();
        assertThat(form("deepgram", "read").conflict("{}", "extra=mine:1", false, NOT_YET)).as("there the relay sets none").isEmpty();
        assertThat(listen.write("{}", "callback=mine&a=1", false, SOME).query()).as("the relay's counts").startsWith("a=1&callback=https").doesNotContain("mine");
    }

    @Test
    void a_default_is_added_only_where_the_caller_says_nothing() {
        RequestForm responses = form("openai", "responses");
        assertThat(json(body(responses.write("{\"model\":\"m\"}", null, false, SOME))).path("store").asBoolean()).isTrue();
        assertThat(json(body(responses.write("{\"store\":false}", null, false, SOME))).path("store").asBoolean()).isFalse();
    }

    @Test
    void the_mark_of_the_owner_is_merged_and_the_callers_other_members_stay() {
        RequestForm openai = form("openai", "batches");
        Sent sent = openai.write("{\"metadata\": {\"mine\" : 1.50, \"relay_job\":\"x\"} , \"a\":1}", null, false, SOME);
        assertThat(body(sent)).isEqualTo("{\"metadata\": {\"mine\" : 1.50, \"relay_job\":\"ref-1\"} , \"a\":1}");
        assertThat(body(openai.write("{\"metadata\":{}}", null, false, SOME))).isEqualTo("{\"metadata\":{\"relay_job\":\"ref-1\"}}");
        assertThat(body(openai.write("{\"metadata\":null}", null, false, SOME))).isEqualTo("{\"metadata\":{\"relay_job\":\"ref-1\"}}");
        assertThat(openai.conflict("{\"metadata\":{\"mine\":1}}", null, false, NOT_YET)).isEmpty();
        assertThat(openai.conflict("{\"metadata\":[1]}", null, false, NOT_YET)).as("nothing can be merged into it").contains("metadata");
        JsonNode deep = json(multipartField(form("speechmatics", "transcription").write("{\"tracking\":{\"title\":\"t\",\"details\":{\"mine\":1}}}", null, false, SOME), "config"));
        assertThat(deep.path("tracking")).isEqualTo(json("{\"title\":\"t\",\"details\":{\"mine\":1,\"relay_job\":\"ref-1\"}}"));
        JsonNode text = json(multipartField(form("elevenlabs", "speech-to-text").write("{\"webhook_metadata\":\"{\\\"mine\\\":1.0}\"}", null, false, SOME), "webhook_metadata"));
        assertThat(text.toString()).as("an object written as a text").isEqualTo("{\"mine\":1.0,\"relay_job\":\"ref-1\"}");
        assertThat(form("elevenlabs", "speech-to-text").conflict("{\"webhook_metadata\":\"mine\"}", null, false, NOT_YET)).contains("webhook_metadata");
    }

    @Test
    void where_the_place_is_one_text_the_callers_own_stays_and_the_job_is_not_marked() {
        RequestForm soniox = form("soniox", "transcriptions");
        Sent theirs = soniox.write("{\"client_reference_id\":\"mine\"}", null, false, SOME);
        assertThat(body(theirs)).contains("\"client_reference_id\":\"mine\"");
        assertThat(theirs.marked()).isFalse();
        assertThat(soniox.conflict("{\"client_reference_id\":\"mine\"}", null, false, NOT_YET)).isEmpty();
        Sent ours = soniox.write("{}", null, false, SOME);
        assertThat(body(ours)).contains("\"client_reference_id\":\"ref-1\"");
        assertThat(ours.marked()).isTrue();
    }

    @Test
    void speechmatics_takes_the_request_as_one_part_and_elevenlabs_each_member_as_a_field() {
        Sent speechmatics = form("speechmatics", "transcription").write("{\"type\":\"transcription\"}", null, true, SOME);
        assertThat(speechmatics.contentType()).matches("multipart/form-data; boundary=relay-[0-9a-f]{40}");
        JsonNode config = json(multipartField(speechmatics, "config"));
        assertThat(config.at("/notification_config/0/auth_headers/0").asText()).isEqualTo("X-Relay-Callback: s3");
        assertThat(config.at("/fetch_data/url").asText()).isEqualTo("https://relay.example/m");
        Sent elevenlabs = form("elevenlabs", "speech-to-text").write("{\"model_id\":\"scribe_v2\",\"diarize\":true,\"n\":1.50,\"x\":null,\"list\":[1, 2],\"q\\\"\":\"\\u00e9\"}",
                null, false, SOME);
        assertThat(multipartField(elevenlabs, "model_id")).isEqualTo("scribe_v2");
        assertThat(multipartField(elevenlabs, "diarize")).isEqualTo("true");
        assertThat(multipartField(elevenlabs, "n")).isEqualTo("1.50");
        assertThat(multipartField(elevenlabs, "list")).isEqualTo("[1, 2]");
        assertThat(multipartField(elevenlabs, "q%22")).isEqualTo("\u00e9");
        assertThat(multipartField(elevenlabs, "webhook")).isEqualTo("true");
        assertThat(multipartField(elevenlabs, "webhook_id")).isEqualTo("whe_1");
        assertThat(body(elevenlabs)).doesNotContain("name=\"x\"");
        assertThat(body(elevenlabs)).endsWith("--" + elevenlabs.contentType().split("boundary=")[1] + "--\r\n");
    }

    private static String multipartField(Sent sent, String name) {
        String boundary = "--" + sent.contentType().split("boundary=")[1];
        for (String part : body(sent).split(boundary + "(\r\n)?")) {
            String head = "Content-Disposition: form-data; name=\"" + name + "\"\r\n\r\n";
            if (part.startsWith(head)) {
                assertThat(part).endsWith("\r\n");
                return part.substring(head.length(), part.length() - 2);
            }
        }
        throw new AssertionError("no field " + name + " in " + body(sent));
    }

    @Test
    void a_form_is_percent_encoded_and_headers_take_the_url_where_the_vendor_wants_it_there() {
        RequestForm form = RequestForm.of(yaml("{encoding: form, callback: {in: header, name: X-Callback, add: {X-Secret: \"${callback.secret}\", X-None: \"${none}\"}}}"));
        Sent sent = form.write("{\"a b\":\"c&d=\\u00e9\",\"n\":1,\"o\":{\"x\":1}}", null, false, SOME);
        assertThat(body(sent)).isEqualTo("a%20b=c%26d%3D%C3%A9&n=1&o=%7B%22x%22%3A1%7D");
        assertThat(sent.contentType()).isEqualTo("application/x-www-form-urlencoded");
        assertThat(sent.headers()).containsOnly(Map.entry("X-Callback", "https://relay.example/webhook/a/1.s?x=1&y"), Map.entry("X-Secret", "s3"));
        assertThat(sent.query()).isEmpty();
        assertThat(form.names()).containsExactlyInAnyOrder("callback.url", "callback.secret", "none");
    }

    static List<Drafts.Operation> submits() {
        return Drafts.all().filter(one -> one.profile().has("submit")).toList();
    }

    @ParameterizedTest
    @MethodSource("submits")
    void every_draft_writes_a_request_that_the_sandbox_can_read_the_url_back_from(Drafts.Operation operation) {
        RequestForm form = RequestForm.of(operation.at("/submit"));
        Variables variables = Drafts.sandbox(operation, "j-1");
        boolean media = operation.profile().path("submit").has("media");
        assertThat(form.conflict("{\"mine\":[1]}", null, media, variables)).isEqualTo(Optional.empty());
        Sent sent = form.write("{\"mine\":[1]}", null, media, variables);
        String everywhere = sent.query() + body(sent) + sent.headers();
        assertThat(body(sent)).contains("[1]").doesNotContain("${");
        boolean registered = operation.at("/submit/callback/in").asText().equals("registered");
        assertThat(everywhere.contains("relay.example/webhook") || everywhere.contains("relay.example%2Fwebhook")).isNotEqualTo(registered);
        for (String name : form.names()) {
            String value = variables.text(name);
            assertThat(everywhere.contains(value) || everywhere.contains(Template.encoded(value)) || everywhere.contains(value.replace("/", "\\/"))).as(name).isEqualTo(
                    media || !name.startsWith("media."));
        }
    }

    @Test
    void millions_of_members_are_passed_over_and_make_no_form() {
        String many = "{" + "\"a\":1,".repeat(2_000_000) + "\"n\":1.0}";
        assertThat(form("assemblyai", "transcript").write(many, null, false, SOME).body()).hasSizeGreaterThan(many.length());
        StringBuilder fields = new StringBuilder("{");
        for (int i = 0; i < 10_001; i++) {
            fields.append(i == 0 ? "" : ",").append('"').append(i).append("\":1");
        }
        String form = fields.append('}').toString();
        assertThatThrownBy(() -> form("elevenlabs", "speech-to-text").conflict(form, null, false, NOT_YET)).hasMessageContaining("makes no form");
        assertThat(form("speechmatics", "transcription").conflict(form, null, false, NOT_YET)).isEmpty();
    }

    @Test
    void what_is_no_object_is_told_and_what_is_deep_costs_nothing() {
        assertThatThrownBy(() -> form("assemblyai", "transcript").write("[1]", null, false, SOME)).hasMessageContaining("not a JSON object");
        String deep = "{\"metadata\":{\"x\":" + "[".repeat(15_000) + "]".repeat(15_000) + "}}";
        assertThat(body(form("openai", "batches").write(deep, null, false, SOME))).endsWith(",\"relay_job\":\"ref-1\"}}");
        assertThat(form("assemblyai", "transcript").conflict("{\"webhook_url\":" + "[".repeat(15_000) + "]".repeat(15_000) + "}", null, false, SOME)).contains("webhook_url");
    }
}
