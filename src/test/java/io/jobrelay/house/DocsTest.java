package io.jobrelay.house;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobrelay.config.KeyCatalogue;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What README.md and src/docs/ name is there: files, routes, keys, headings, tests. A name that is only an example stands here. */
class DocsTest {

    private static final Path README = Path.of("README.md");
    private static final Pattern LINK = Pattern.compile("]\\(([^)\\s#]*)(?:#([^)\\s]+))?\\)");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.+)$");

    /** Keys of sinks that a user adds, the beginning of several keys, and one that the profiles' schema speaks of and that is still to come. */
    private static final Pattern EXAMPLE = Pattern.compile("relay\\.sink\\.lines\\..*|relay\\.(db|ringcentral)|relay\\.sink\\.file\\.fetch");

    /** Where files lay before the stages had folders, told to those who have some there. */
    private static final Set<String> BEFORE = Set.of("routes/sql/job-insert.sql");

    static List<Path> pages() {
        return Stream.concat(Stream.of(README), RouteYaml.list(Path.of("src/docs"), ".md").stream()).toList();
    }

    @Test
    void the_readme_is_read_in_one_go() {
        assertThat(RouteYaml.text(README).lines()).as("what is reference lies in src/docs/").hasSizeLessThanOrEqualTo(250);
    }

    @Test
    void each_promise_names_the_folder_of_the_tests_that_prove_it() {
        assertThat(found(Pattern.compile("(?m)^- \\*\\*[^*]+\\*\\* \\(`(\\w+)`"), README)).extracting(promise -> promise.group(1)).hasSize(7)
                .allSatisfy(folder -> assertThat(Path.of("src/test/java/io/jobrelay/promises", folder)).isDirectory());
    }

    @ParameterizedTest
    @MethodSource("pages")
    void each_link_leads_to_a_file_and_to_a_heading_in_it(Path page) {
        for (MatchResult link : found(LINK, page)) {
            if (link.group(1).startsWith("http")) {
                continue;
            }
            Path target = link.group(1).isEmpty() ? page : page.resolveSibling(link.group(1)).normalize();
            assertThat(target).as(page + " links to it").exists();
            if (link.group(2) != null) {
                assertThat(found(HEADING, target)).as(target.toString()).extracting(heading -> anchor(heading.group(1))).contains(link.group(2));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("pages")
    void each_route_and_each_file_that_is_named_is_there(Path page) {
        for (MatchResult file : found(Pattern.compile("(?<![\\w/-])routes/[a-z]+/[a-z-]+\\.(?:camel\\.yaml|sql)"), page)) {
            assertThat(BEFORE.contains(file.group()) || Files.exists(Path.of(file.group()))).as(page + " names " + file.group()).isTrue();
        }
        for (MatchResult file : found(Pattern.compile("`((?:src|systemd)/[\\w./-]+)`"), page)) {
            assertThat(Stream.of("", "src/dist/")).as(page + " names " + file.group(1)).anyMatch(folder -> Files.exists(Path.of(folder + file.group(1))));
        }
        for (MatchResult test : found(Pattern.compile("`(\\w+Test)`"), page)) {
            assertThat(RouteYaml.list(Path.of("src/test/java"), test.group(1) + ".java")).as(page + " names " + test.group(1)).isNotEmpty();
        }
        Set<String> routes = RouteYaml.all(Path.of("routes")).stream().flatMap(file -> file.routes().stream()).map(RouteYaml.Route::id).collect(Collectors.toSet());
        for (MatchResult stage : found(Pattern.compile("(?m)^\\| `[a-z]+/`.*\\| (.*) \\|$"), page)) {
            assertThat(Pattern.compile("`([^`]+)`").matcher(stage.group(1)).results().map(route -> route.group(1))).as(stage.group()).isSubsetOf(routes);
        }
    }

    @ParameterizedTest
    @MethodSource("pages")
    void each_key_that_is_named_is_one(Path page) {
        for (MatchResult key : found(Pattern.compile("`(relay\\.[a-z][a-z.-]*[a-z])(?:=[^`]*)?`"), page)) {
            assertThat(key.group(1)).as(page.toString()).matches(name -> EXAMPLE.matcher(name).matches() || KeyCatalogue.names().contains(name));
        }
    }

    @Test
    void the_sink_that_is_shown_is_the_one_that_is_tested() {
        assertThat(RouteYaml.text(Path.of("src/docs/editing.md"))).contains(RouteYaml.text(Path.of("src/it/add-a-sink/routes/sink-lines.camel.yaml")));
    }

    @Test
    void each_case_that_is_shown_is_one_that_is_tested() {
        String tested = RouteYaml.list(Path.of("src/test/resources/cases"), ".yaml").stream().map(RouteYaml::text).collect(Collectors.joining());
        for (String page : List.of("README.md", "src/docs/editing.md")) {
            assertThat(found(Pattern.compile("(?ms)^```yaml\\n(- name: .*?)^```"), Path.of(page))).as(page).isNotEmpty()
                    .allSatisfy(shown -> assertThat(tested).contains(shown.group(1)));
        }
    }

    private static List<MatchResult> found(Pattern pattern, Path page) {
        return pattern.matcher(RouteYaml.text(page)).results().toList();
    }

    private static String anchor(String heading) {
        return heading.toLowerCase(Locale.ROOT).replaceAll("[^\\w\\- ]", "").replace(' ', '-');
    }
}
