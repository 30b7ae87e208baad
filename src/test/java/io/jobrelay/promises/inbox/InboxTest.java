package io.jobrelay.promises.inbox;

import static io.jobrelay.support.RelayFixture.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobrelay.support.InboxRelay;
import io.jobrelay.support.Received;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is dropped into the inbox becomes jobs, and moves to .done when they have ended. */
class InboxTest {

    private final InboxRelay inbox = new InboxRelay();

    @AfterEach
    void close() {
        inbox.close();
    }

    @Test
    void a_media_file_becomes_a_speech_to_text_job_whose_media_the_api_can_fetch() {
        inbox.start();
        inbox.drop("call 17.mp3", "the sound");
        Map<String, Object> job = inbox.jobOf("call 17.mp3");
        assertThat(job.get("api")).isEqualTo("/ai/audio/v1/async/speech-to-text");
        assertThat(job.get("request")).isEqualTo("{\"languageCode\":\"en-US\",\"encoding\":\"Mpeg\"}");
        assertThat(job.get("media")).isEqualTo("call 17.mp3");
        assertThat(inbox.inbox().resolve("call 17.mp3")).doesNotExist();
        assertThat(inbox.open().resolve((String) job.get("intake")).resolve("call 17.mp3")).hasContent("the sound");

        await().atMost(PATIENCE).until(() -> inbox.api.jobs().size() == 1);
        Received submit = inbox.api.submits().get(0);
        assertThat(submit.text()).contains("\"encoding\":\"Mpeg\"", "\"contentUri\":\"" + inbox.relay.publicUrl() + "/media/",
                "call%2017.mp3\"");
        String jobId = inbox.api.jobs().get(0).jobId();
        assertThat(inbox.api.fetchMedia(jobId).text()).isEqualTo("the sound");

        inbox.api.complete(jobId, "{}");
        assertThat(inbox.api.callback(jobId)).isEqualTo(200);
        inbox.untilDone(inbox.done().resolve("call 17.mp3"));
        inbox.untilGone(inbox.open().resolve((String) job.get("intake")));
        assertThat(inbox.api.fetchMedia(jobId).status()).isEqualTo(404);
        assertThat(inbox.warnings()).isEmpty();
    }

    @Test
    void every_media_ending_in_any_case_has_its_encoding() {
        inbox.with(r -> r.with("relay.inbox.request", " { \"languageCode\" : \"en-US\", \"a\":{\"b\":[] } } ")).start();
        List.of("a.mp3", "b.MP4", "c.wav", "d.WebM", "e.aac", "f.Avi", "g.OGG").forEach(name -> inbox.drop(name, "x"));
        inbox.untilJobs(7);
        assertThat(inbox.relay.sql("SELECT reference, request FROM relay_job ORDER BY reference")).extracting(r -> r.get("request"))
                .containsExactlyElementsOf(List.of("Mpeg", "Mp4", "Wav", "Webm", "Aac", "Avi", "Ogg").stream()
                        .map(e -> "{ \"languageCode\" : \"en-US\", \"a\":{\"b\":[] },\"encoding\":\"" + e + "\"}").toList());
    }

    @Test
    void an_empty_request_is_sent_with_what_the_relay_adds() {
        inbox.with(r -> r.with("relay.inbox.request", "{ }")).start();
        inbox.drop("a.wav", "x");
        await().atMost(PATIENCE).until(() -> inbox.api.submits().size() == 1);
        assertThat(inbox.api.submits().get(0).text()).startsWith("{\"encoding\":\"Wav\",\"contentUri\":\"http");
    }

    @Test
    void a_json_file_is_a_body_of_post_jobs_sent_as_it_stands() {
        inbox.start();
        inbox.drop("one.JSON", "\ufeff{\"api\":\"summarize\",\"request\":{\"utterances\":[ ],\"n\":1.10},"
                + "\"reference\":\"r-1\",\"metadata\":{\"a\":1}}");
        Map<String, Object> job = inbox.jobOf("r-1");
        assertThat(job.get("api")).isEqualTo("/ai/text/v1/async/summarize");
        assertThat(job.get("metadata")).isEqualTo("{\"a\":1}");
        assertThat(job.get("media")).isNull();
        await().atMost(PATIENCE).until(() -> inbox.api.submits().size() == 1);
        assertThat(inbox.api.submits().get(0).text()).isEqualTo("{\"utterances\":[ ],\"n\":1.10}");
        inbox.end(job);
        inbox.untilDone(inbox.done().resolve("one.JSON"));
    }

    @Test
    void an_array_makes_a_job_of_each_element_and_moves_on_when_the_last_has_ended() {
        inbox.start();
        inbox.drop("many.json", "[{\"api\":\"punctuate\",\"request\":{},\"reference\":\"a\"},"
                + "{\"api\":\"punctuate\",\"request\":{},\"reference\":\"b\"}]");
        List<Map<String, Object>> jobs = inbox.untilJobs(2);
        assertThat(jobs).extracting(j -> j.get("reference")).containsExactly("a", "b");
        assertThat(jobs.get(0).get("intake")).isEqualTo(jobs.get(1).get("intake"));
        inbox.end(jobs.get(0));
        inbox.sweepTwice();
        assertThat(inbox.done().resolve("many.json")).doesNotExist();
        inbox.end(jobs.get(1));
        inbox.untilDone(inbox.done().resolve("many.json"));
    }

    @Test
    void a_file_that_only_tracks_what_is_known_moves_on_at_once() {
        inbox.start();
        inbox.relay.insertJob(Map.of("status", "InProgress", "job_id", "known-1"));
        inbox.drop("track.json", "{\"jobId\":\"known-1\"}");
        inbox.untilDone(inbox.done().resolve("track.json"));
        assertThat(inbox.jobs()).hasSize(1);
        inbox.untilNothingOpen();
    }

    @Test
    void a_name_used_before_makes_a_new_job_and_overwrites_nothing() throws Exception {
        inbox.start();
        Files.createSymbolicLink(inbox.done().resolve("link.wav"), inbox.relay.folder().resolve("nowhere"));
        inbox.drop("link.wav", "zero");
        inbox.drop("a.mp3", "first");
        Map<String, Object> first = inbox.jobOf("a.mp3");
        Map<String, Object> link = inbox.jobOf("link.wav");
        inbox.drop("a.mp3", "second");
        inbox.untilJobs(3);
        Map<String, Object> second =
                inbox.relay.sql("SELECT * FROM relay_job WHERE reference = 'a.mp3' AND id <> ?", first.get("id")).get(0);
        inbox.end(first);
        inbox.untilDone(inbox.done().resolve("a.mp3"));
        inbox.end(second);
        inbox.end(link);
        String secondName = "a-" + second.get("intake") + ".mp3";
        inbox.untilDone(inbox.done().resolve(secondName));
        inbox.untilDone(inbox.done().resolve("link-" + link.get("intake") + ".wav"));
        assertThat(inbox.done().resolve("a.mp3")).hasContent("first");
        assertThat(inbox.done().resolve(secondName)).hasContent("second");
        assertThat(inbox.done().resolve("link.wav")).isSymbolicLink();
        assertThat(inbox.relay.folder().resolve("nowhere")).doesNotExist();
        assertThat(inbox.relay.job((String) second.get("id"))).containsEntry("media", secondName).containsEntry("reference", "a.mp3");
        inbox.untilGone(inbox.open().resolve((String) second.get("intake")));
    }

    @Test
    void a_job_like_an_ended_one_finds_its_media_again() {
        inbox.start();
        inbox.drop("a.mp3", "first");
        inbox.end(inbox.jobOf("a.mp3"));
        inbox.untilDone(inbox.done().resolve("a.mp3"));
        inbox.drop("a.mp3", "second");
        Map<String, Object> second = inbox.relay.sql("SELECT * FROM relay_job WHERE id = ?", inbox.untilJobs(2).get(1).get("id")).get(0);
        inbox.end(second);
        inbox.untilGone(inbox.open().resolve((String) second.get("intake")));
        Map<String, Object> ended = inbox.relay.job((String) second.get("id"));
        String again = inbox.relay.insertJob(Map.of("status", "Queued", "intake", ended.get("intake"), "media", ended.get("media"),
                "request", ended.get("request"), "resubmit_of", ended.get("id"), "next_submit_at", inbox.relay.clock().millis()));
        await().atMost(PATIENCE).until(() -> "InProgress".equals(inbox.relay.job(again).get("status")));
        String jobId = (String) inbox.relay.job(again).get("job_id");
        assertThat(inbox.api.fetchMedia(jobId).text()).isEqualTo("second");
        inbox.end(inbox.relay.job(again));
        assertThat(inbox.api.fetchMedia(jobId).status()).isEqualTo(404);
    }

    @Test
    void hidden_files_and_folders_are_left_alone() throws Exception {
        inbox.start();
        Files.createDirectories(inbox.inbox().resolve("folder.mp3"));
        Files.writeString(inbox.inbox().resolve("folder.mp3/inside.mp3"), "x");
        Files.writeString(inbox.inbox().resolve(".hidden.mp3"), "x");
        inbox.drop("last.mp3", "x");
        inbox.jobOf("last.mp3");
        inbox.sweepTwice();
        assertThat(inbox.jobs()).hasSize(1);
        assertThat(InboxRelay.names(inbox.inbox())).containsExactly(".done", ".hidden.mp3", ".open", ".rejected", "folder.mp3");
    }

    @Test
    void a_hidden_folder_of_an_odd_name_can_be_the_inbox() throws Exception {
        String odd = ".mail box #1 50% a=b&c+d;e 'f' {g} [h] \u00e4/";
        inbox.with(r -> r.with("relay.inbox.directory", r.folder().resolve(odd).toString())).start();
        Files.writeString(inbox.relay.folder().resolve(odd).resolve("a.mp3"), "x");
        inbox.jobOf("a.mp3");
    }

    @Test
    void a_file_is_taken_when_it_has_been_still_for_the_time_set() {
        inbox.with(r -> r.with("relay.inbox.still-for", "1s")).start();
        inbox.drop("a.mp3", "x");
        await().atMost(PATIENCE).until(() -> {
            inbox.relay.clock().advance(Duration.ofSeconds(1));
            return inbox.jobs().size() == 1;
        });
    }

    @Test
    void what_lies_in_done_stays_unless_a_retention_is_set() throws Exception {
        inbox.with(r -> r.with("relay.inbox.done-retention", "keep")).start();
        inbox.drop("a.mp3", "x");
        inbox.end(inbox.jobOf("a.mp3"));
        inbox.untilDone(inbox.done().resolve("a.mp3"));
        inbox.relay.clock().advance(Duration.ofDays(400));
        inbox.relay.run("inbox-retention");
        assertThat(inbox.done().resolve("a.mp3")).exists();

        inbox.relay.stop();
        inbox.relay.with("relay.inbox.done-retention", "500d").with("relay.retention.interval", "100ms").start();
        inbox.relay.run("inbox-retention");
        assertThat(inbox.done().resolve("a.mp3")).exists();
        inbox.relay.clock().advance(Duration.ofDays(101));
        inbox.untilGone(inbox.done().resolve("a.mp3"));
    }
}
