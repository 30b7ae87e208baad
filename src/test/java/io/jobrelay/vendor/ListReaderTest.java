package io.jobrelay.vendor;

import static io.jobrelay.vendor.Drafts.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.jobrelay.document.Variables;
import io.jobrelay.vendor.ListReader.Item;
import io.jobrelay.vendor.ListReader.Next;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Pages of a vendor's lists are read as far as they are of use: a job of ours is found by its mark, a hook by its URL. */
class ListReaderTest {

    private static ListReader jobs(String provider, String operation) {
        Drafts.Operation one = Drafts.of(provider, operation);
        return ListReader.of(one.at("/list"), one.at("/submit/owner/at").get("item"));
    }

    @Test
    void jobs_are_told_with_their_marks_and_how_the_next_page_is_asked_for() {
        var page = jobs("openai", "batches").read(bytes("{\"object\":\"list\",\"data\":[{\"id\":\"b1\",\"status\":\"completed\",\"metadata\":{\"relay_job\":\"r1\"}},"
                + "{\"id\":\"b2\",\"status\":\"failed\",\"metadata\":null}],\"has_more\":true}")).orElseThrow();
        assertThat(page.items()).containsExactly(new Item("b1", "completed", null, false, "r1"), new Item("b2", "failed", null, false, null));
        assertThat(page.next()).contains(new Next("b2", "after"));
        var url = jobs("assemblyai", "transcript").read(bytes("{\"page_details\":{\"next_url\":\"https://api.assemblyai.com/v2/transcript?before_id=x\"},\"transcripts\":[{\"id\":\"t\"}]}"))
                .orElseThrow();
        assertThat(url.next()).contains(new Next("https://api.assemblyai.com/v2/transcript?before_id=x", null));
        assertThat(jobs("assemblyai", "transcript").read(bytes("{\"page_details\":{\"next_url\":null},\"transcripts\":[]}")).orElseThrow().next()).isEmpty();
        var whole = jobs("revai", "topic-extraction").read(bytes(" [{\"id\":\"a\",\"metadata\":\"r9\"},7] ")).orElseThrow();
        assertThat(whole.items()).containsExactly(new Item("a", null, null, false, "r9"), new Item(null, null, null, false, null));
        var cursor = jobs("soniox", "transcriptions").read(bytes("{\"transcriptions\":[],\"next_page_cursor\":\"c\"}")).orElseThrow();
        assertThat(cursor.next()).contains(new Next("c", "cursor"));
    }

    @Test
    void hooks_are_told_with_where_they_call_and_whether_they_do() {
        for (String provider : List.of("openai", "elevenlabs")) {
            Drafts.Operation one = Drafts.of(provider, provider.equals("openai") ? "batches" : "speech-to-text");
            var page = ListReader.of(one.at("/registration/list"), null).read(one.body("listed", Drafts.sandbox(one, "j"))).orElseThrow();
            assertThat(page.items()).containsExactly(new Item("whe_1", null, "https://relay.example/webhook/" + provider + "/1.s", false, null));
        }
        ListReader hooks = ListReader.of(Drafts.of("elevenlabs", "speech-to-text").at("/registration/list"), null);
        assertThat(hooks.read(bytes("{\"webhooks\":[{\"is_disabled\":false,\"is_auto_disabled\":true}]}")).orElseThrow().items().get(0).disabled()).isTrue();
    }

    @Test
    void what_is_no_such_list_is_none_and_a_long_one_is_read_in_part() {
        for (String other : List.of("", "{}", "{\"data\":null}", "{\"data\":{}}", "{\"data\":[}", "[]", "<html>")) {
            assertThat(jobs("openai", "batches").read(bytes(other))).as(other).isEmpty();
        }
        assertThat(jobs("openai", "batches").read(bytes("{\"data\":[" + "{},".repeat(5_000) + "{}]}")).orElseThrow().items()).hasSize(ListReader.MOST);
    }

    @Test
    void the_mark_is_what_the_profile_says() {
        Variables some = Variables.none().with("job.ref", "r1").with("callback.url", "https://relay.example/1");
        assertThat(RequestForm.of(Drafts.of("gladia", "pre-recorded").at("/submit")).mark(some)).contains("r1");
        assertThat(RequestForm.of(Drafts.of("replicate", "models").at("/submit")).mark(some)).contains("https://relay.example/1");
        assertThat(RequestForm.of(Drafts.of("fal", "run").at("/submit")).mark(some)).isEmpty();
    }

    @Test
    void a_handshake_is_one_only_where_the_profile_has_it_and_nothing_is_in_it() {
        Handshake handshake = Handshake.of(Drafts.of("ringcentral", "summarize").at("/callback/handshake"));
        Arrived asked = new Arrived(new byte[0], null, Map.of("validation-token", List.of("a\u0007", "t1")));
        assertThat(handshake.is(asked)).isTrue();
        assertThat(handshake.echo(asked)).contains("t1");
        assertThat(handshake.is(new Arrived(bytes("{}"), null, asked.headers()))).isFalse();
        assertThat(handshake.is(Arrived.of(new byte[0]))).isFalse();
        assertThat(Handshake.of(Drafts.of("assemblyai", "transcript").at("/callback/handshake")).is(asked)).isFalse();
    }
}
