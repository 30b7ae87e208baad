package io.jobrelay.check;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.jobrelay.vendor.Drafts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each profile that is shipped or drafted is good; each mistake is told in one sentence with its line, the member, and what that takes. */
class ProfileCheckTest {

    private static final String ASSEMBLYAI = Drafts.text("assemblyai");

    @ParameterizedTest
    @MethodSource("io.jobrelay.vendor.Drafts#providers")
    void each_profile_fits_the_schema_and_the_rules_with_each_of_its_operations(String provider) {
        assertThat(told(provider + ".yaml", Drafts.text(provider))).isEmpty();
    }

    static Stream<Arguments> mistakes() throws IOException {
        List<Arguments> mistakes = new ArrayList<>();
        for (JsonNode one : Drafts.yaml(Files.readString(Path.of("src/test/resources/mistakes.yaml")))) {
            mistakes.add(Arguments.of(Stream.of("mistake", "in", "for", "write", "told").map(name -> one.get(name).asText()).toArray()));
        }
        return mistakes.stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("mistakes")
    void each_mistake_is_told_with_its_line_its_member_and_what_that_takes(String kind, String provider, String from, String to, String told) {
        String name = provider + ".yaml";
        String good = Drafts.text(provider);
        assertThat(good).contains(from);
        List<String> all = told(name, good.replace(from, to));
        assertThat(all).as(kind).anySatisfy(one -> assertThat(one).contains(told));
        assertThat(all).as(kind).hasSizeLessThanOrEqualTo(6).doesNotHaveDuplicates()
                .allSatisfy(one -> assertThat(one).matches("(?s)providers/" + name + "(, line \\d+)?: .*[^.][.?]").doesNotContain("\n", "secret@", "5f2b8c1d9e"));
    }

    @Test
    void the_lines_are_those_of_the_members_in_blocks_and_in_flow_too() {
        String text = ASSEMBLYAI.replace("encoding: json", "encoding: jsn").replace("at: /page_details/next_url", "att: /x");
        List<String> lines = text.lines().toList();
        assertThat(told("assemblyai.yaml", text)).hasSize(3)
                .anySatisfy(one -> assertThat(one).contains("line " + line(lines, "encoding: jsn") + ": submit.encoding "))
                .anySatisfy(one -> assertThat(one).contains("line " + line(lines, "att: /x") + ": list.next.att is not known; did you mean at?"));
    }

    private static int line(List<String> lines, String part) {
        return IntStream.range(0, lines.size()).filter(i -> lines.get(i).contains(part)).findFirst().orElseThrow() + 1;
    }

    @Test
    void a_code_may_stand_by_itself_beside_its_hundred_in_another_class() {
        for (String answers : List.of("{doubt: [5xx], later: [503]}", "{refused: [4xx], account: [401, 402, 403], later: [408, 5xx], doubt: [502]}")) {
            assertThat(told("assemblyai.yaml", ASSEMBLYAI.replace("answers: {refused: [400, 404, 413, 422], doubt: [500, 502, 504]}", "answers: " + answers))).isEmpty();
        }
        assertThat(ASSEMBLYAI).contains("gone: {codes: [404]}}\nstates");
        String status = ASSEMBLYAI.replace("gone: {codes: [404]}}\nstates", "ok: [2xx, 409], notYet: [202, 425], gone: {codes: [4xx]}, expired: [410]}\nstates");
        assertThat(told("assemblyai.yaml", status)).isEmpty();
        String sender = ASSEMBLYAI.replaceAll("success: \\[2xx]", "success: [2xx, 400]").replaceAll("unreadable: 400", "unreadable: 404");
        assertThat(told("assemblyai.yaml", sender)).isEmpty();
        assertThat(told("assemblyai.yaml", status.replace("expired: [410]", "expired: [4xx]"))).singleElement().asString()
                .contains("status.expired holds 400, which stands in status.gone too: a code means one thing");
        assertThat(told("assemblyai.yaml", sender.replace("stop: [4xx]", "stop: [4xx, 2xx]"))).singleElement().asString()
                .contains("delivery.stop holds 200, which stands in delivery.success too");
    }

    @Test
    void what_an_operation_does_wrong_is_told_at_the_operation_and_names_it_where_others_are_well() {
        String openai = Drafts.text("openai");
        assertThat(told("openai.yaml", openai.replace("status: {path: \"/v1/batches/${job.id}\"}", "status: {}")))
                .singleElement().asString().contains("operations.batches.status takes either path or url");
        assertThat(told("openai.yaml", openai.replace("    result: {from: status}\n", "")))
                .singleElement().asString().contains("the profile lacks result, ").endsWith(" (in operation responses).");
    }

    @Test
    void all_mistakes_of_a_file_are_told_at_most_twenty() {
        String many = IntStream.range(0, 40).mapToObj(i -> "x" + i + ": 1").collect(Collectors.joining("\n", "", "\n"));
        assertThat(told("assemblyai.yaml", many + ASSEMBLYAI)).hasSize(20);
    }

    @Test
    void whatever_the_file_holds_there_is_a_sentence_and_nothing_is_thrown() {
        for (String text : List.of("", "\n", "# nothing\n", "null", "[]", "- a\n", "profile", "{}", "1", "a: &a [*a]\n", "a: &a {b: *a}", "? [a]\n: b", "\t", "%YAML 9\n---\n",
                "a: b\n---\nc: d\n", "{".repeat(5_000), "a: ".repeat(3), "\u0000", "operations: 1", "operations: {a: [], b: 1, c: null, d: {}}", "submit: []\nstatus: []\nexamples: []\ncallback: 1\n",
                "budget: {a: b}\nanswers: [1]\ndelivery: []\nacknowledge: x\nservers: []\ncredentials: [a]\noperations: {x: /x}\n", bomb())) {
            assertThat(told("x.yaml", text)).as(text.length() > 100 ? text.substring(0, 100) : text).isNotEmpty().allSatisfy(one -> assertThat(one).startsWith("providers/x.yaml"));
        }
    }

    /** Aliases of aliases: a few lines that stand for more members than there is memory. */
    private static String bomb() {
        StringBuilder text = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 12; i++) {
            text.append("a").append(i).append(": &a").append(i).append(" [").append(("*a" + (i - 1) + ", ").repeat(9)).append("x]\n");
        }
        return text.toString();
    }

    private static List<String> told(String file, String text) {
        String name = "providers/" + file;
        return ProfileCheck.problems(new ProfileFile(name, text.getBytes(StandardCharsets.UTF_8), null)).stream().map(problem -> problem.sentence(name)).toList();
    }
}
