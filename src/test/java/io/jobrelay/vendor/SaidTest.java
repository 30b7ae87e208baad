package io.jobrelay.vendor;

import static io.jobrelay.vendor.Drafts.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.jobrelay.document.Document;
import io.jobrelay.document.DocumentReader;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is said stands in the body, the query or a header, and times are told as they are written. */
class SaidTest {

    @Test
    void a_word_or_an_id_may_stand_in_the_query_or_in_a_header() {
        Document nothing = DocumentReader.of(List.of()).read(bytes(""));
        Spot id = Spot.of(Drafts.yaml("{in: query, name: id}"));
        assertThat(id.text(new Arrived(new byte[0], "a=1&id=x%2Fy&b", Map.of()), nothing, 9)).isEqualTo("x/y");
        assertThat(id.text(new Arrived(new byte[0], "id=x&id=y", Map.of()), nothing, 9)).as("it stands twice").isNull();
        assertThat(id.text(new Arrived(new byte[0], "id=%zz", Map.of()), nothing, 9)).isNull();
        assertThat(id.text(new Arrived(new byte[0], null, Map.of()), nothing, 9)).isNull();
        Spot word = Spot.of(Drafts.yaml("{in: header, name: X-State}"));
        assertThat(word.text(new Arrived(new byte[0], null, Map.of("x-state", "done")), nothing, 9)).isEqualTo("done");
        assertThat(word.text(new Arrived(new byte[0], null, Map.of("x-state", Arrays.asList("done", "done"))), nothing, 9)).isNull();
    }

    @Test
    void times_are_told_as_written_and_unix_seconds_as_iso_text() {
        JobReader reader = JobReader.status(Drafts.yaml("{status: {state: {at: /s}}, times: {created: /a, completed: /b, expires: /c}, result: {from: status}}"));
        Said said = reader.glean(bytes("{\"s\":\"x\",\"a\":1700000000,\"b\":\"2026-01-01\",\"c\":1700000000.5}")).orElseThrow();
        assertThat(List.of(said.created(), said.completed(), said.expires())).containsExactly("2023-11-14T22:13:20.000Z", "2026-01-01", "2023-11-14T22:13:20.500Z");
        Said odd = reader.glean(bytes("{\"s\":\"x\",\"a\":1e999999999,\"b\":-5,\"c\":NaN}")).orElseThrow();
        assertThat(Arrays.asList(odd.created(), odd.completed(), odd.expires())).containsOnlyNulls();
    }
}
