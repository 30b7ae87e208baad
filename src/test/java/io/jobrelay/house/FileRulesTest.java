package io.jobrelay.house;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonMetaSchema;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.NonValidationKeyword;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import io.jobrelay.config.Keys;
import io.jobrelay.house.RouteYaml.Route;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.camel.RoutesBuilder;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.support.PluginHelper;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.CommentEvent;

/** The files of {@code routes/} are what Camel, its editors and the next reader take them for, and the keys they name are there. */
class FileRulesTest extends HouseRules {

    private static final Path SCHEMA = Path.of("target/camel-schema/schema/camelYamlDsl-canonical.json");

    @Test
    void every_file_is_valid_against_camels_canonical_schema() throws Exception {
        assertThat(SCHEMA).as("unpacked by the build: mvn generate-test-resources").exists();
        ObjectMapper json = new ObjectMapper();
        JsonMetaSchema language = JsonMetaSchema.builder(JsonMetaSchema.getV4()).keyword(new NonValidationKeyword("deprecated")).build();
        JsonSchema schema = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V4, factory -> factory.metaSchema(language))
                .getSchema(json.readTree(SCHEMA.toFile()));
        for (RouteYaml file : files) {
            assertThat(schema.validate(json.valueToTree(file.entries()))).as(file.path().toString()).allMatch(FileRulesTest::isFalseAlarm);
        }
    }

    /** CAMEL-24482, fixed after 4.22.0: the schema asks a marshal or unmarshal for every data format at once. */
    private static boolean isFalseAlarm(ValidationMessage message) {
        return message.getType().equals("required") && message.getInstanceLocation().toString().matches(".*/(un)?marshal");
    }

    @Test
    void every_file_is_read_by_the_camel_that_runs_it() throws Exception {
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            for (RouteYaml file : files) {
                List<String> read = new ArrayList<>();
                for (RoutesBuilder found : PluginHelper.getRoutesLoader(context)
                        .findRoutesBuilders(PluginHelper.getResourceLoader(context).resolveResource("file:" + file.path()))) {
                    RouteBuilder builder = (RouteBuilder) found;
                    builder.setCamelContext(context);
                    builder.configure();
                    builder.getRouteCollection().getRoutes().stream().map(RouteDefinition::getRouteId).forEach(read::add);
                }
                assertThat(read).as(file.path().toString()).isEqualTo(file.routes().stream().map(Route::id).toList());
            }
        }
    }

    @Test
    void every_file_is_named_after_its_route_and_what_else_is_in_it_is_of_the_same_stage() {
        for (RouteYaml file : files) {
            if (file.name().equals("errors")) {
                assertThat(file.routes()).isEmpty();
                continue;
            }
            if (file.name().equals("tick")) {
                assertThat(file.routes()).as("the one clock").extracting(Route::id).allMatch(id -> id.startsWith("tick-"));
                continue;
            }
            if (!file.name().equals("admin-pages")) { // which stand there as files of their own, and no route leads to them
                assertThat(file.routes()).as(file.path().toString()).extracting(Route::id).contains(file.name());
            }
            assertThat(file.routes()).as(file.path().toString()).extracting(Route::id)
                    .allMatch(id -> id.startsWith(stage(file.name()) + "-"));
            assertThat(file.path().getParent().getFileName()).as(file.path() + ": a folder for each stage").hasToString(stage(file.name()));
        }
    }

    @Test
    void no_file_holds_a_comment() {
        LoadSettings settings = LoadSettings.builder().setParseComments(true).build();
        for (RouteYaml file : files) {
            Stream<String> comments = StreamSupport.stream(new Parse(settings).parseString(file.text()).spliterator(), false)
                    .filter(CommentEvent.class::isInstance).map(event -> ((CommentEvent) event).getValue());
            assertThat(comments.filter(comment -> !comment.isBlank())).as(file.path() + ": a note says why; editors drop comments")
                    .isEmpty();
        }
    }

    @Test
    void policies_stand_in_one_file_and_no_route_has_its_own() {
        assertThat(policies).allMatch(policy -> policy.file().name().equals("errors"));
        assertThat(routes).noneMatch(route -> route.nodes().stream()
                .anyMatch(node -> node.yaml().containsKey("onException") || node.yaml().containsKey("errorHandler")));
    }

    @Test
    void every_key_a_route_names_is_there_and_a_duration_is_given_in_milliseconds() {
        Properties defaults = defaults();
        for (RouteYaml file : files) {
            for (String placeholder : placeholders(file.text())) {
                String key = placeholder.replaceFirst("^millis:", "");
                if (key.startsWith("sql:")) {
                    continue;
                }
                assertThat(key).as(file.path() + ": of the relay, without a default of its own").startsWith("relay.").doesNotContain(":");
                assertThat(defaults).as(file.path().toString()).containsKey(key);
                assertThat(placeholder.startsWith("millis:")).as(file.path() + ": " + key + " is a duration, or is none")
                        .isEqualTo(Keys.parseDuration(defaults.getProperty(key)).isPresent());
            }
        }
    }

    @Test
    void every_key_is_used() {
        Set<String> used = placeholders(RouteYaml.text(Path.of("application.properties")));
        files.forEach(file -> placeholders(file.text()).forEach(key -> used.add(key.replaceFirst("^millis:", ""))));
        java.forEach((file, code) -> {
            if (!file.endsWith("KeyCatalogue.java")) {
                String prefix = find(code, "PREFIX = \"(relay\\.[^\"]*)\"").findFirst().orElse("");
                find(code, "PREFIX \\+ \"([^\"]+)\"").forEach(rest -> used.add(prefix + rest));
                find(code, "\"(relay\\.[a-z.-]+)\"").forEach(used::add);
            }
        });
        assertThat(defaults().stringPropertyNames()).filteredOn(key -> key.startsWith("relay.")).allMatch(used::contains);
    }

    private static Properties defaults() {
        Properties defaults = new Properties();
        try (Reader reader = Files.newBufferedReader(Path.of("application.properties"))) {
            defaults.load(reader);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return defaults;
    }

    private static Set<String> placeholders(String text) {
        return find(text, "\\{\\{([^}]*)}}").collect(Collectors.toCollection(TreeSet::new));
    }
}
