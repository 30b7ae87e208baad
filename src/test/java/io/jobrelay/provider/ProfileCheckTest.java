package io.jobrelay.provider;

import static org.assertj.core.api.Assertions.assertThat;

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

    private static final String ASSEMBLYAI = "routes/providers/assemblyai.yaml";
    private static final String RINGCENTRAL = "routes/providers/ringcentral.yaml";
    private static final String DRAFTS = "src/test/resources/providers/";

    static Stream<Path> profiles() throws IOException {
        List<Path> all = new ArrayList<>();
        for (String folder : List.of("routes/providers", DRAFTS)) {
            try (Stream<Path> files = Files.list(Path.of(folder))) {
                files.sorted().forEach(all::add);
            }
        }
        return all.stream();
    }

    @ParameterizedTest
    @MethodSource("profiles")
    void each_profile_fits_the_schema_and_the_rules_with_each_of_its_operations(Path file) throws IOException {
        assertThat(told(file.getFileName().toString(), Files.readString(file))).isEmpty();
        Profile profile = Profile.of(new ProfileFile("providers/" + file.getFileName(), Files.readAllBytes(file), null));
        assertThat(profile.provider() + ".yaml").isEqualTo(file.getFileName().toString());
        assertThat(profile.operations().values()).isNotEmpty().allSatisfy(operation -> {
            assertThat(operation.submit().isPresent()).isNotEqualTo(profile.source());
            assertThat(operation.callback().verify().isArray()).isTrue();
            assertThat(operation.retention()).isNotNull();
            assertThat(operation.result(true).from()).isNotNull();
        });
    }

    static Stream<Arguments> mistakes() {
        String openai = DRAFTS + "openai.yaml";
        String replicate = DRAFTS + "replicate.yaml";
        String deepgram = DRAFTS + "deepgram.yaml";
        return Stream.of(
                // form
                broken("not YAML", ASSEMBLYAI, "submit:", "submit: [", "it is not YAML: "),
                broken("a member twice", ASSEMBLYAI, "title:", "profile: 1\ntitle:", "profile stands there twice, first in line 1"),
                broken("an unknown member that is nearly one", ASSEMBLYAI, "encoding: json", "encodng: json", "line 15: submit.encodng is not known; did you mean encoding?"),
                broken("an unknown member", ASSEMBLYAI, "poll: {", "poll: {jitter: 1s, ", "poll.jitter is not known; poll takes initialDelay and maxDelay"),
                broken("an unknown member of an operation", openai, "cancel: {method: POST, path: \"/v1/batches", "cancel: {method: POST, metod: POST, path: \"/v1/batches",
                        "operations.batches.cancel.metod is not known; did you mean method?"),
                broken("an unknown member at the top", ASSEMBLYAI, "retention:", "retentoin: {}\nretention:", "retentoin is not known; did you mean retention?"),
                broken("a missing member", ASSEMBLYAI, "budget:\n  - {calls: [submit, status, result, delete, list], limit: 4000, period: 1m}   # 20,000 in five minutes\n", "",
                        "line 1: the profile lacks budget, which is limits of calls, all instances together; each is kept"),
                broken("a missing member below", ASSEMBLYAI, "value: \"${key}\"}     # the bare", "}     # the bare", "authentication lacks value, which is its value; holds a credential, never a literal"),
                broken("a missing member of what is merged", ASSEMBLYAI, "  encoding: json\n", "", "line 12: submit lacks encoding, which is `json`: the request is the body;"),
                broken("a word that is none of those", ASSEMBLYAI, "encoding: json", "encoding: jsn", "submit.encoding cannot be \"jsn\"; it takes json, form or multipart"),
                broken("no duration", ASSEMBLYAI, "maxDelay: 30m", "maxDelay: soon", "poll.maxDelay cannot be \"soon\"; it is a duration: `250ms`"),
                broken("a number for a duration", ASSEMBLYAI, "maxDelay: 30m", "maxDelay: 30", "poll.maxDelay cannot be 30; it is a duration"),
                broken("no code", ASSEMBLYAI, "ok: [200]}\n\nexamples", "ok: [20]}\n\nexamples", "probe.ok[0] cannot be 20; it is HTTP status codes"),
                broken("no date", ASSEMBLYAI, "read: 2026-11-27", "read: yesterday", "read cannot be \"yesterday\"; it is date when the vendor's documents"),
                broken("another version of the form", ASSEMBLYAI, "profile: 1", "profile: 2", "line 1: profile cannot be 2; it takes only 1"),
                broken("no place", ASSEMBLYAI, "job: {id: /id}", "job: {id: id}", "submit.job.id cannot be \"id\"; it is a JSON Pointer"),
                broken("neither of two members", ASSEMBLYAI, "limit: 4000, period: 1m}", "limit: 4000}", "budget[0] takes either period or concurrent"),
                broken("a rule without a condition", DRAFTS + "fal.yaml", "rules: [{has: /error, is: failure}]", "rules: [{is: failure}]",
                        "status.state.rules[0] takes either has or at with equals"),
                broken("a name that cannot be one", ASSEMBLYAI, "operations: {transcript:", "operations: {Transcript:", "operations.Transcript is not known; a name here matches"),
                broken("neither a path nor an object", ASSEMBLYAI, "transcript: /v2/transcript}", "transcript: 2}", "operations.transcript cannot be 2; it is a path, or an object"),
                broken("no status of that name", ASSEMBLYAI, "status: {path: \"/v2/transcript/${job.id}\", state: {at: /status}, gone: {codes: [404]}}", "status: never",
                        "status cannot be \"never\"; it is the poll; `none`: the vendor has no status API"),
                // names
                broken("another name than the file's", ASSEMBLYAI, "provider: assemblyai", "provider: assembly", "line 2: provider is \"assembly\", but the file is named assemblyai.yaml"),
                broken("an operation of media that there is not", ASSEMBLYAI, "operation: transcript,", "operation: transcribe,",
                        "submit.media.operation names \"transcribe\", which operations does not list"),
                broken("an operation of a budget that there is not", openai, "operations: [batches], calls", "operations: [batch], calls", "budget[1].operations names \"batch\""),
                broken("a hook secret that there is not", openai, "secret: webhook-secret  ", "secret: hook-secret  ", "registration.secret names \"hook-secret\", which credentials does not list"),
                broken("credentials of a client that there are not", RINGCENTRAL, "client-id:  ", "client:  ", "authentication.client needs the credential client-id"),
                // variables
                broken("an unknown variable that is nearly one", ASSEMBLYAI, "${callback.url}", "${callback.uri}", "holds ${callback.uri}, which is not known here; did you mean ${callback.url}?"),
                broken("an unknown variable", ASSEMBLYAI, "transcript/${job.id}\", state", "transcript/${transcript}\", state",
                        "status.path holds ${transcript}, which is not known here; the credentials of this profile and what src/docs/providers.md lists can stand here"),
                broken("a variable of examples elsewhere", ASSEMBLYAI, "audio_url: \"${media.url}\"}}\n", "audio_url: \"${media.url}\", at: \"${created}\"}}\n",
                        "submit.media.add.at holds ${created}, which is not known here"),
                broken("a variable of proofs elsewhere", ASSEMBLYAI, "webhook_url: ${callback.url}", "webhook_url: ${callback.url}\n      x: ${body.sha256}",
                        "submit.callback.add.x holds ${body.sha256}, which is not known here"),
                broken("an example that there is not", ASSEMBLYAI, "failure: {transcript_id: \"${id}\", status: error}", "failure: \"${example:fail}\"",
                        "examples.callback.failure holds ${example:fail}, which is not known here"),
                broken("a variable that is not closed", ASSEMBLYAI, "transcript/${job.id}\", state", "transcript/${job.id\", state", "status.path has a ${ that is not closed"),
                broken("a URL of an answer that does not hold one", ASSEMBLYAI, "status: {path: \"/v2/transcript/${job.id}\"", "status: {url: \"${job.statusUrl}\"",
                        "status.url takes job.statusUrl, but submit.job.statusUrl does not say where the answer holds it"),
                // the base URL
                broken("a path to another host", ASSEMBLYAI, "probe: {path: \"/v2/", "probe: {path: \"//evil.example/v2/", "probe.path cannot be \"//evil.example/v2/transcript?limit=1\"; it is a path below"),
                broken("a URL in place of a path", ASSEMBLYAI, "transcript: /v2/transcript}", "transcript: \"https://evil.example/\"}", "operations.transcript cannot be \"https://evil.example/\"; it is a path below"),
                broken("a path that climbs", ASSEMBLYAI, "delete: {method: DELETE, path: \"/v2/", "delete: {method: DELETE, path: \"/v2/../", "delete.path cannot be \"/v2/../transcript"),
                broken("a path that climbs in code", ASSEMBLYAI, "delete: {method: DELETE, path: \"/v2/", "delete: {method: DELETE, path: \"/v2/%2E%2e/",
                        "delete.path cannot be \"/v2/%2E%2e/transcript/${job.id}\": a backslash, a space, #, %2e, %2f or %5c may lead out"),
                broken("a path with a backslash", ASSEMBLYAI, "probe: {path: \"/v2/", "probe: {path: \"/\\\\evil.example/", "a backslash, a space, #"),
                broken("a path that stands for itself", ASSEMBLYAI, "transcript: /v2/transcript}", "transcript: \"${operation}/x\"}", "operations.transcript holds ${operation}, which stands for this path itself"),
                broken("a server with a path", ASSEMBLYAI, "https://api.eu.assemblyai.com}", "https://api.eu.assemblyai.com/v2}", "servers.eu cannot be "),
                broken("a server with a password", ASSEMBLYAI, "https://api.eu.assemblyai.com}", "https://me:secret@api.eu.assemblyai.com}", "servers.eu is no URL of a host"),
                broken("a server without TLS", ASSEMBLYAI, "https://api.eu.assemblyai.com}", "http://api.eu.assemblyai.com}", "servers.eu cannot be "),
                broken("keys without TLS", DRAFTS + "fal.yaml", "keys: {url: https://", "keys: {url: http://", "callback.verify[0].keys.url cannot be "),
                // secrets
                broken("a literal secret", ASSEMBLYAI, "value: \"${key}\"}     #", "value: 5f2b8c1d9e}     #", "authentication.value cannot be that text; it is its value; holds a credential, never a literal"),
                broken("a literal secret beside a variable", ASSEMBLYAI, "value: \"${key}\"}     #", "value: \"5f2b8c1d9e${key}\"}     #", "authentication.value holds a secret, or no credential"),
                broken("a variable that is no credential", ASSEMBLYAI, "value: \"${key}\"}     #", "value: \"${operation}\"}     #", "authentication.value holds a secret, or no credential"),
                broken("a literal secret in a header", openai, "OpenAI-Project: \"${project}\"", "X-Api-Key: sk-5f2b8c1d9e", "authentication.headers.X-Api-Key holds a secret, or no credential"),
                broken("a literal secret of a proof", openai, "secret: \"${webhook-secret}\", tol", "secret: \"5f2b8c1d9e${webhook-secret}\", tol",
                        "callback.verify[0].secret holds a secret, or no credential"),
                // times
                broken("a poll gap that loses results", replicate, "maxDelay: 15m", "maxDelay: 1h", "poll.maxDelay lets the gap between polls reach retention.result (1h from completion)"),
                broken("a poll gap left out that loses results", replicate, "poll: {initialDelay: 2m, maxDelay: 15m}", "poll: {initialDelay: 2m}", "retention lets the gap between polls reach"),
                broken("a first poll that loses results", replicate, "initialDelay: 2m", "initialDelay: 2h", "poll.maxDelay lets the gap between polls reach"),
                broken("a time that counts from nothing", ASSEMBLYAI, "{result: 30d, from: completion}", "{result: 30d}", "retention lacks from: a time counts from submit or from completion"),
                // answers
                broken("503 as success", RINGCENTRAL, "success: [200]", "success: [200, 503]", "delivery.success holds 503: that is our own fault"),
                broken("503 as stop", ASSEMBLYAI, "stop: [4xx]", "stop: [4xx, 5xx]", "delivery.stop holds 503"),
                broken("an answer that repeats", ASSEMBLYAI, "unreadable: 400", "unreadable: 500", "acknowledge.unreadable is 500, which stands neither in delivery.success nor in delivery.stop"),
                broken("an answer that repeats and is not said to", RINGCENTRAL, ", repeats: true", "", "acknowledge.foreign is 400, which stands neither"),
                broken("a stored callback that is none", ASSEMBLYAI, "success: [2xx]", "success: [204]", "delivery.success does not hold 200, which every callback gets that is stored"),
                broken("a code in two classes", ASSEMBLYAI, "doubt: [500, 502, 504]", "doubt: [500, 404]", "answers.doubt holds 404, which stands in answers.refused too: a code means one thing"),
                broken("a hundred of codes in two classes", ASSEMBLYAI, "doubt: [500, 502, 504]", "doubt: [500], later: [4xx]", "answers.later holds 400, which stands in answers.refused too"),
                broken("a code that is gone and not yet", ASSEMBLYAI, "gone: {codes: [404]}}\nstates", "notYet: [404], gone: {codes: [404]}}\nstates", "status.notYet holds 404, which stands in status.gone too"),
                // states, hooks
                broken("a word in two states", ASSEMBLYAI, "success: [completed], failure: [error]}", "success: [completed], failure: [error, completed]}",
                        "states.failure holds \"completed\", which stands in states.success too: a word means one state"),
                broken("a word in two states of callbacks", openai, "failure: [response.failed, response.incomplete]", "failure: [response.failed, response.completed]",
                        "operations.responses.callback.states.failure holds \"response.completed\", which stands in callback.states.success too"),
                broken("no word for failure", ASSEMBLYAI, "success: [completed], failure: [error]}", "success: [completed, error]}", "states has no word for failure"),
                broken("no status API and no end", deepgram, "lost: {after: 15m, then: resubmit, times: 1}", "# ", "the profile lacks lost, which is when a job is given up"),
                broken("a hook without a proof", openai, "    - {scheme: standard-webhooks, secret: \"${webhook-secret}\", tolerance: 5m}\n", "    []\n", "callback.verify is empty; it is proofs besides the capability URL"),
                broken("a hook with a proof that may be left out", openai, "tolerance: 5m}\n  https", "optional: true}\n  https", "callback.verify has no proof that always applies"),
                broken("a hook with a proof for one end", openai, "tolerance: 5m}\n  https", "for: success}\n  https", "callback.verify has no proof that always applies"),
                broken("nobody is told where to call", ASSEMBLYAI, "      webhook_url: ${callback.url}\n", "", "submit.callback has no ${callback.url} in add"),
                broken("a query parameter without a name", deepgram, "callback: {in: query, name: callback}", "callback: {in: query}", "submit.callback lacks name: the query parameter"),
                broken("media that nobody can fetch", ASSEMBLYAI, "audio_url: \"${media.url}\"}}", "audio: x}}", "submit.media.add has no ${media.url}"),
                broken("no regular expression", RINGCENTRAL, "paths: \"/ai(", "paths: \"/ai((", "paths is no regular expression"),
                broken("a regular expression without a group", replicate, "(\\\\d+)s", "\\\\d+s", "rateLimit.body.seconds has no group"),
                // examples
                broken("an answer without an id", ASSEMBLYAI, "submitted: {id:", "submitted: {idd:", "examples.submitted has nothing where submit.job.id looks for it"),
                broken("a good end that is none", ASSEMBLYAI, "status: completed, audio_url", "status: complete, audio_url",
                        "examples.success has the state running (\"complete\") by status.state, and must be an example of success"),
                broken("a bad end that is none", ASSEMBLYAI, "status: error, audio_url", "status: completed, audio_url", "examples.failure has the state success (\"completed\")"),
                broken("a status without a state", ASSEMBLYAI, "success:   {id: \"${id}\", status: completed", "success:   {id: \"${id}\", state: completed",
                        "examples.success has no state where status.state looks for it"),
                broken("a callback without an id", ASSEMBLYAI, "success: {transcript_id:", "success: {transcript:", "examples.callback.success has no id where callback.id looks for it"),
                broken("a callback without a state", ASSEMBLYAI, "failure: {transcript_id: \"${id}\", status: error}", "failure: {transcript_id: \"${id}\"}",
                        "examples.callback.failure has no state where callback.state looks for it"),
                broken("a callback without a result", DRAFTS + "fal.yaml", "status: OK, payload:", "status: OK, pay:", "examples.callback.success has no result at /payload, where callback.result looks for it"),
                broken("a status without a result", RINGCENTRAL, "status: Success, response:", "status: Success, respons:", "examples.success has no result at /response, where result looks for it"),
                broken("no answer to the request of the result", DRAFTS + "soniox.yaml", "  result: {id: \"${id}\", text", "  # ", "examples lacks result, the answer to the request of the result"),
                broken("a status without what the result's path needs", openai, "output_file_id: file-2", "output_file: file-2", "operations.batches.examples.success has nothing at /output_file_id"),
                broken("an event of no operation", openai, "type: batch.failed", "type: btch.failed", "operations.batches.examples.callback.failure is no event of this operation"));
    }

    private static Arguments broken(String kind, String file, String from, String to, String told) {
        return Arguments.of(kind, file, from, to, told);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("mistakes")
    void each_mistake_is_told_with_its_line_its_member_and_what_that_takes(String kind, String file, String from, String to, String told) throws IOException {
        String good = Files.readString(Path.of(file));
        assertThat(good).contains(from);
        String name = Path.of(file).getFileName().toString();
        List<String> all = told(name, good.replace(from, to));
        assertThat(all).as(kind).anySatisfy(one -> assertThat(one).contains(told));
        assertThat(all).as(kind).hasSizeLessThanOrEqualTo(6).doesNotHaveDuplicates()
                .allSatisfy(one -> assertThat(one).matches("(?s)providers/" + name + "(, line \\d+)?: .*[^.][.?]").doesNotContain("\n", "secret@", "5f2b8c1d9e"));
    }

    @Test
    void the_lines_are_those_of_the_members_in_blocks_and_in_flow_too() throws IOException {
        String text = Files.readString(Path.of(ASSEMBLYAI)).replace("encoding: json", "encoding: jsn").replace("at: /page_details/next_url", "att: /x");
        List<String> lines = text.lines().toList();
        assertThat(told("assemblyai.yaml", text)).hasSize(3)
                .anySatisfy(one -> assertThat(one).contains("line " + line(lines, "encoding: jsn") + ": submit.encoding "))
                .anySatisfy(one -> assertThat(one).contains("line " + line(lines, "att: /x") + ": list.next.att is not known; did you mean at?"));
    }

    private static int line(List<String> lines, String part) {
        return IntStream.range(0, lines.size()).filter(i -> lines.get(i).contains(part)).findFirst().orElseThrow() + 1;
    }

    @Test
    void what_an_operation_does_wrong_is_told_at_the_operation_and_names_it_where_others_are_well() throws IOException {
        String openai = Files.readString(Path.of(DRAFTS, "openai.yaml"));
        assertThat(told("openai.yaml", openai.replace("status: {path: \"/v1/batches/${job.id}\"}", "status: {}")))
                .singleElement().asString().contains("operations.batches.status takes either path or url");
        assertThat(told("openai.yaml", openai.replace("    result: {from: status}\n", "")))
                .singleElement().asString().contains("the profile lacks result, ").endsWith(" (in operation responses).");
    }

    @Test
    void all_mistakes_of_a_file_are_told_at_most_twenty() throws IOException {
        String many = IntStream.range(0, 40).mapToObj(i -> "x" + i + ": 1").collect(Collectors.joining("\n", "", "\n"));
        assertThat(told("assemblyai.yaml", many + Files.readString(Path.of(ASSEMBLYAI)))).hasSize(20);
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
