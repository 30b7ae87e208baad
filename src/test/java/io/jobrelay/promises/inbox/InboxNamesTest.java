package io.jobrelay.promises.inbox;

import static io.jobrelay.support.RelayFixture.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobrelay.folder.RawName;
import io.jobrelay.support.InboxRelay;
import io.jobrelay.support.StandInApi;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whatever a file is called, it is submitted under its name, fetched by the API, and lies in .done under the same name. */
class InboxNamesTest {

    private static final List<String> NAMES = List.of("two  words.mp3", "\u00e4\u6f22\ud83d\ude00.mp3", "100%.mp3", "%41%2e.mp3", "a#b.mp3",
            "a?b=c&d.mp3", "a+b.mp3", "line\nbreak.mp3", "tab\t.mp3", "\"quoted\" 'it'.mp3", "-rf.mp3", "--help.mp3", "back\\slash.mp3",
            "a;b.mp3", "a..mp3", "$(x) ${body}.mp3", "<b>.mp3", "e\u0301.mp3", "\u202egnp.mp3", "a:b@c,d~e!*().mp3", " leading.mp3",
            "x".repeat(251) + ".mp3", "\u00e4".repeat(125) + "x.mp3");

    private final InboxRelay inbox = new InboxRelay();

    @AfterEach
    void close() {
        inbox.close();
    }

    @Test
    void odd_names_come_through_unchanged() {
        inbox.start();
        NAMES.forEach(name -> inbox.drop(name, "sound of " + name));
        inbox.untilJobs(NAMES.size());
        assertThat(inbox.jobs()).extracting(j -> (String) j.get("reference")).containsExactlyInAnyOrderElementsOf(NAMES);
        await().atMost(PATIENCE).until(() ->
                inbox.relay.count("SELECT COUNT(*) FROM relay_job WHERE status = 'InProgress'") == NAMES.size());
        Map<String, String> fetched = new LinkedHashMap<>();
        for (StandInApi.Job job : inbox.api.jobs()) {
            String name = (String) inbox.relay.sql("SELECT reference FROM relay_job WHERE job_id = ?", job.jobId()).get(0).get("reference");
            fetched.put(name, inbox.api.fetchMedia(job.jobId()).text());
        }
        assertThat(fetched).containsExactlyInAnyOrderEntriesOf(NAMES.stream().collect(Collectors.toMap(n -> n, n -> "sound of " + n)));
        inbox.jobs().forEach(inbox::end);
        inbox.untilNothingOpen();
        assertThat(InboxRelay.names(inbox.done())).containsExactlyInAnyOrderElementsOf(NAMES);
        assertThat(inbox.warnings()).isEmpty();
    }

    @Test
    void a_name_that_is_not_utf_8_is_shown_with_its_bytes() {
        inbox.start();
        byte[] name = "caf\u00e9 1.mp3".getBytes(StandardCharsets.ISO_8859_1);
        inbox.drop(name, "sound".getBytes(StandardCharsets.UTF_8));
        Map<String, Object> job = inbox.jobOf("caf%E9 1.mp3");
        await().atMost(PATIENCE).until(() -> !inbox.api.jobs().isEmpty());
        assertThat(inbox.api.fetchMedia(inbox.api.jobs().get(0).jobId()).text()).isEqualTo("sound");
        inbox.end(job);
        inbox.untilDone(new RawName(name).in(inbox.done()));
    }

    @Test
    void the_longest_name_used_twice_is_shortened_before_its_ending() {
        inbox.start();
        String name = "\u00e4".repeat(125) + "x.mp3";
        inbox.drop(name, "first");
        inbox.end(inbox.jobOf(name));
        inbox.untilDone(inbox.done().resolve(name));
        inbox.drop(name, "second");
        Map<String, Object> second = inbox.untilJobs(2).get(1);
        inbox.end(second);
        inbox.untilDone(inbox.done().resolve("\u00e4".repeat(107) + "-" + second.get("intake") + ".mp3"));
        assertThat(inbox.done().resolve(name)).hasContent("first");
    }
}
