package io.jobrelay.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobrelay.check.ProfileFile;
import io.jobrelay.vendor.Drafts;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A profile says what its file says, with each operation's own members over it, and what the schema says where it is silent. */
class ProfileTest {

    @ParameterizedTest
    @MethodSource("io.jobrelay.vendor.Drafts#providers")
    void each_profile_says_of_each_of_its_operations_what_every_job_needs(String provider) {
        Profile profile = profile(provider);
        assertThat(profile.provider()).isEqualTo(provider);
        assertThat(profile.operations().values()).isNotEmpty().allSatisfy(operation -> {
            assertThat(operation.submit().isPresent()).isNotEqualTo(profile.source());
            assertThat(operation.callback().verify().isArray()).isTrue();
            assertThat(operation.retention()).isNotNull();
            assertThat(operation.result(true).from()).isNotNull();
        });
    }

    @Test
    void what_a_file_says_can_be_asked_for() {
        Profile assemblyai = profile("assemblyai");
        assertThat(assemblyai.servers()).containsEntry("eu", "https://api.eu.assemblyai.com");
        assertThat(assemblyai.read()).contains(LocalDate.of(2026, 11, 27));
        assertThat(assemblyai.live()).isEmpty();
        assertThat(assemblyai.credentials().get("key")).isEqualTo(new Profile.Credential("key", "ASSEMBLYAI_API_KEY", true, false, false, null, null, null));
        assertThat(assemblyai.authentication()).extracting(Profile.Authentication::scheme, Profile.Authentication::header, Profile.Authentication::value)
                .containsExactly("header", "Authorization", "${key}");
        assertThat(assemblyai.budget()).containsExactly(new Profile.Limit(Set.of("submit", "status", "result", "delete", "list"), Set.of(), 4000, Duration.ofMinutes(1)));
        assertThat(assemblyai.acknowledge()).isEqualTo(new Profile.Acknowledge(400, 400, 200, 401, false));
        assertThat(assemblyai.delivery()).extracting(Profile.Delivery::attempts, Profile.Delivery::timeout, Profile.Delivery::redirects).containsExactly(10, Duration.ofSeconds(10), true);
        assertThat(assemblyai.rateLimit().isMissingNode()).isTrue();
        assertThat(assemblyai.answers().path("refused")).hasSize(4);
        Operation transcript = assemblyai.operations().get("transcript");
        assertThat(transcript.path()).isEqualTo("/v2/transcript");
        assertThat(transcript.submit().orElseThrow().media().formats()).containsKeys("mp3", "mov").doesNotContainKey("avi");
        assertThat(transcript.submit().orElseThrow().callback().add().path("webhook_url").asText()).isEqualTo("${callback.url}");
        assertThat(transcript.status().orElseThrow()).extracting(Operation.Status::goneTimes, Operation.Status::goneApart).containsExactly(2, Duration.ofMinutes(2));
        assertThat(transcript.status().orElseThrow().ok().has(204)).isTrue();
        assertThat(transcript.status().orElseThrow().gone().has(404)).isTrue();
        assertThat(transcript.status().orElseThrow().notYet().has(404)).isFalse();
        assertThat(transcript.callback().result()).isFalse();
        assertThat(transcript.callback().states()).isEqualTo(transcript.states());
        assertThat(transcript.retention()).isEqualTo(new Operation.Retention(null, Duration.ofDays(30), true));
        assertThat(Stream.of(204, 404, 400).map(code -> transcript.delete().orElseThrow().done().has(code))).containsExactly(true, true, false);
        assertThat(transcript.cancel()).isEmpty();
        assertThat(transcript.problem(new Operation.Poll(Duration.ofMinutes(2), Duration.ofDays(30)))).isPresent();
        assertThat(transcript.problem(new Operation.Poll(Duration.ofMinutes(2), Duration.ofDays(29)))).isEmpty();
    }

    @Test
    void an_operation_is_merged_deeply_and_its_lists_take_the_place_of_others() {
        Profile openai = profile("openai");
        Operation responses = openai.operations().get("responses");
        assertThat(responses.submit().orElseThrow().callback().in()).isEqualTo("registered");
        assertThat(responses.submit().orElseThrow().callback().add().path("background").asBoolean()).isTrue();
        assertThat(responses.status().orElseThrow().target().path()).isEqualTo("/v1/responses/${job.id}");
        assertThat(responses.status().orElseThrow().state().path("at").asText()).isEqualTo("/status");
        assertThat(openai.operations().get("batches").submit().orElseThrow().callback().add().isMissingNode()).isTrue();
        assertThat(openai.operations().get("batches").result(true).from()).isEqualTo("request");
        assertThat(openai.operations().get("batches").result(false).from()).isEqualTo("status");
        assertThat(openai.credentials().get("webhook-secret").hookSecret()).isTrue();
        assertThat(openai.credentials().get("webhook-secret").optional()).isTrue();
        assertThat(openai.credentials().get("organization").optional()).isTrue();
        Profile deepgram = profile("deepgram");
        assertThat(deepgram.operations().get("listen").callback().verify()).hasSize(1);
        assertThat(deepgram.operations().get("read").callback().verify()).isEmpty();
        assertThat(deepgram.operations().get("read").status()).isEmpty();
        assertThat(deepgram.operations().get("read").lost()).contains(new Operation.Lost(Duration.ofMinutes(15), true, 1));
        assertThat(deepgram.budget().get(0).period()).isNull();
        assertThat(deepgram.keepWhole()).isTrue();
    }

    @Test
    void a_full_path_is_an_operation_where_the_profile_takes_such() {
        Profile ringcentral = profile("ringcentral");
        assertThat(ringcentral.operationAt("/ai/text/v1/async/summarize").orElseThrow().name()).isEqualTo("summarize");
        assertThat(ringcentral.operationAt("/ai/text/v2/async/other").orElseThrow().path()).isEqualTo("/ai/text/v2/async/other");
        assertThat(ringcentral.operationAt("/restapi/oauth/token")).isEmpty();
        assertThat(ringcentral.nativeOutcome()).isTrue();
        assertThat(ringcentral.authentication().scopes()).isEqualTo(List.of("AI"));
        assertThat(ringcentral.operations().get("summarize").callback()).extracting(Operation.Callback::resultAt, Operation.Callback::idOptional, Operation.Callback::handshake)
                .containsExactly("/response", true, "Validation-Token");
        assertThat(ringcentral.operations().get("summarize").submit().orElseThrow().media().formats()).isEqualTo(Map.of("mp3", "Mpeg", "mp4", "Mp4", "wav", "Wav",
                "webm", "Webm", "aac", "Aac", "avi", "Avi", "ogg", "Ogg"));
        assertThat(profile("assemblyai").operationAt("/v2/other")).isEmpty();
    }

    private static Profile profile(String provider) {
        return Profile.of(new ProfileFile(ProfileFile.nameOf(provider), Drafts.bytes(Drafts.text(provider)), null));
    }
}
