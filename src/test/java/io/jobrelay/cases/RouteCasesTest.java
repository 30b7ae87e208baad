package io.jobrelay.cases;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.jobrelay.house.RouteYaml;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The cases of {@code src/test/resources/cases/}: the relay's promises as data, for people who edit routes and write no Java. {@code -Dcase=poll}
 * or {@code -Dcase=poll/poll-due} plays those of one stage or file only. A case that is wrong never passes, and says what is wrong with it.
 */
class RouteCasesTest {

    private static final Path CASES = Path.of("src/test/resources/cases");
    private static final Duration PATIENCE = Duration.ofSeconds(3);
    private static CaseRelay relay;

    @BeforeAll
    static void start() {
        relay = new CaseRelay();
    }

    @AfterAll
    static void stop() {
        relay.close();
    }

    @TestFactory
    Stream<DynamicContainer> cases() {
        String only = System.getProperty("case", "");
        List<String> files = RouteYaml.list(CASES, ".yaml").stream().map(file -> CASES.relativize(file).toString().replace('\\', '/')).toList();
        assertThat(files).as("-Dcase=" + only + " names none of them").anyMatch(file -> file.startsWith(only));
        return files.stream().filter(file -> file.startsWith(only)).map(file -> DynamicContainer.dynamicContainer(file, tests(file)));
    }

    private static Stream<DynamicTest> tests(String file) {
        try {
            return RouteCase.read(file, RouteYaml.text(CASES.resolve(file)), relay.tables()).stream()
                    .map(one -> DynamicTest.dynamicTest(one.name(), () -> relay.play(one, PATIENCE)));
        } catch (AssertionError wrong) {
            return Stream.of(DynamicTest.dynamicTest("can be read", () -> {
                throw wrong;
            }));
        }
    }

    @Test
    void a_file_of_cases_is_named_after_its_route() {
        assertThat(RouteYaml.list(CASES, ".yaml")).hasSizeGreaterThanOrEqualTo(5)
                .allSatisfy(file -> assertThat(Path.of("routes", CASES.relativize(file).toString().replace(".yaml", ".camel.yaml"))).exists());
    }

    @Test
    void a_case_that_does_not_hold_fails_with_expected_and_found_side_by_side() {
        assertThat(failure("""
                - name: wishful
                  given:
                    relay_job: [{id: j1, job_id: a1, next_poll_at: now+10m}]
                    api: [{status: 200, body: {jobId: a1, status: InProgress}}, {status: 500}]
                  when: {clock: +10m}
                  then:
                    relay_job: [{status: Success, polls: 1, next_poll_at: now+5m}]
                    relay_callback: [{via: poll}]
                    sent: {api: [GET /elsewhere], sink: []}
                """)).isEqualTo("""
                case.yaml, "wishful"
                                                           expected        found
                > relay_job #1 status                      Success         InProgress
                  relay_job #1 polls                       1               1
                > relay_job #1 next_poll_at                now+5m          now+10m
                > relay_callback                           1: {via: poll}  nothing
                > sent api #1                              GET /elsewhere  GET /ai/status/v1/jobs/a1
                > answers of given api and sink left over  0               1""");
    }

    @Test
    void what_was_sent_though_nothing_was_to_be_sent_is_told() {
        assertThat(failure("""
                - name: silent
                  given: {relay_job: [{id: j1, job_id: a1, next_poll_at: now+10m}]}
                  when: [{clock: +10m}, {callback: j1, body: {status: Success}}]
                  then: {sent: {sink: []}}
                """)).isEqualTo("""
                case.yaml, "silent"
                                                           expected  found
                > sent sink                                nothing   1: POST /outcomes
                > calls that given api has no answer for   nothing   1: GET /ai/status/v1/jobs/a1
                  answers of given api and sink left over  0         0""");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "[                                     | case.yaml: this is no YAML",
        "{when: {}}                            | case.yaml: is a list, each element behind a dash or all in [ ], and not",
        "[{name: x, when: {}}]                 | case.yaml, \"x\": a case has a name, which is a sentence, a when and a then",
        "[{name: x, when: {clok: 1}, then: {}}] | when there is no clok; there may be admin, body, callback, clock, headers, public, send",
        "[{name: x, when: {body: 1}, then: {}}] | case.yaml, \"x\": each step of when has exactly one of callback, public, admin, send, clock",
        "[{name: x, when: {clock: 10m}, then: {}}] | when clock is how much time passes, such as +10m (ms, s, m, h, d), and not 10m",
        "[{name: x, when: {admin: /jobs}, then: {}}] | case.yaml, \"x\": when admin is a method and a path, such as POST /jobs, and not /jobs",
        "[{name: x, when: {clock: +1m}, then: {}}] | case.yaml, \"x\": then expects nothing; there may be answers, relay_callback, relay_delivery,",
        "[{name: x, when: {clock: +1m}, then: {relay_jobs: []}}] | then there is no relay_jobs; there may be answers, relay_callback,",
        "[{name: x, given: {relay_job: {id: 1}}, when: {clock: +1m}, then: {sent: {}}}] | case.yaml, \"x\": given relay_job is a list",
        "[{name: x, given: {relay_job: [{ids: 1}]}, when: {clock: +1m}, then: {sent: {}}}] | given relay_job there is no ids; there may be accepted_at",
        "[{name: x, given: {relay_job: [{status: Odd}]}, when: {clock: +1m}, then: {answers: []}}] | cannot be there: Check",
        "[{name: x, when: {send: 'direct:poll-du'}, then: {answers: []}}] | case.yaml, \"x\": when: there is no route direct:poll-du",
        "[{name: x, when: {send: poll-due}, then: {answers: []}}] | when send is the name of a route, such as direct:poll-due, and not poll-due"})
    void a_case_that_is_wrong_in_itself_fails_and_says_what_is_allowed(String text, String told) {
        assertThat(failure(text)).contains(told);
    }

    private static String failure(String text) {
        AssertionError failure = catchThrowableOfType(AssertionError.class,
                () -> RouteCase.read("case.yaml", text, relay.tables()).forEach(one -> relay.play(one, Duration.ofMillis(1))));
        assertThat(failure).as("it passes").isNotNull();
        return failure.getMessage();
    }
}
