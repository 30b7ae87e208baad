package io.jobrelay.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is set by {@code -D} (and so by the environment, which is read in the same way) is that, byte for byte, wherever it is used. */
class ExactValuesTest {

    private static final String KEY = "relay.sink.x.password";
    @TempDir
    private Path folder;
    private final CamelContext context = new DefaultCamelContext();
    private final Keys keys = new Keys(context);

    @BeforeEach
    void begin() {
        ExactValues.in(context);
    }

    @AfterEach
    void end() throws Exception {
        List.of(KEY, "relay.sink.x.other").forEach(System::clearProperty);
        context.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "\\", "\\\\", "\\\\\\", "a\\", "a\\b", "a\\\\", "a\\\\b", "\\a", "a\\b\\c\\d", "C:\\folder\\x", "\\n", "\\u0041", "a\\u0041\\", "#", "a#b", "!", ":", "=", "a=b:c",
        "'", "\"", "'a'", "\"a\"", "$", "${x}", "$simple{x}", "%", "%41", "%s", "?", "a?b=c&d", "?nested=false", "a\nb", "a\r\nb", "a\tb", "Gr\u00fc\u00dfe \u20ac \ud83d\ude00",
        "RAW(a)", "RAW(a", "RAW{a}", "a)b(c", "a,b", "a;b", "@@[x]@@", "{{", "}}", "a}}b{{c", "{{nothing}}", "a{{nothing}}b", "{{no thing\\}}", "\\{{", "\\}}", "a\\{{b\\}}c\\",
        "\\{{nothing}}", "\\\\{{nothing}}\\\\", "{", "}", "{}", "{a}", "{{{", "}}}", "'{{'", "\"}}\"", "{\"a\":{\"b\":1}}", "{\"a\":{\"b\":{\"c\":\"d\\\\\"}}}", "{{}}",
        "{{" + KEY + "}}", "{{!x}}", "{{env:NO_SUCH_VARIABLE_HERE}}", "--", "a--"
    })
    void a_value_comes_out_as_it_went_in(String value) {
        System.setProperty(KEY, value);
        assertThat(keys.text(KEY)).contains(value);
        for (String around : List.of("", "x", "xy", "\\\\x", "?a=b", "'")) {
            assertThat(context.resolvePropertyPlaceholders("{{" + KEY + "}}" + around)).isEqualTo(value + around);
            assertThat(context.resolvePropertyPlaceholders(around + "{{" + KEY + "}}")).isEqualTo(around + value);
        }
        assertThat(context.resolvePropertyPlaceholders("{{sys:" + KEY + "}}{{" + KEY + "}}")).isEqualTo(value + value);
        assertThat(context.resolvePropertyPlaceholders("{{nothing:{{" + KEY + "}}}}")).isEqualTo(value);
        System.setProperty("relay.sink.x.other", "<{{" + KEY + "}}>");
        assertThat(keys.text("relay.sink.x.other")).contains("<" + value + ">");
        assertThat(context.resolvePropertyPlaceholders("{{relay.sink.x.other}}{{" + KEY + "}}")).isEqualTo("<" + value + ">" + value);
    }

    @Test
    void placeholders_in_it_that_name_something_are_resolved_and_blanks_at_its_ends_cut() {
        System.setProperty("relay.sink.x.other", "b\\");
        System.setProperty(KEY, " \t{{nothing}}\\{{relay.sink.x.other}}{{nothing:c}} \n");
        assertThat(keys.text(KEY)).contains("{{nothing}}\\b\\c");
        assertThat(context.resolvePropertyPlaceholders("[{{" + KEY + "}}]")).isEqualTo("[{{nothing}}\\b\\c]");
        System.setProperty("relay.sink.x.other", "{{" + KEY + "}}");
        System.setProperty(KEY, "{{relay.sink.x.other}}");
        assertThat(keys.text(KEY)).as("each other").contains("{{relay.sink.x.other}}");
    }

    @Test
    void what_a_route_says_is_read_as_camel_reads_it() {
        System.setProperty(KEY, "v");
        assertThat(context.resolvePropertyPlaceholders("\\{{" + KEY + "\\}}-{{" + KEY + "}}")).isEqualTo("{{" + KEY + "}}-v");
        assertThat(context.resolvePropertyPlaceholders("'{{'" + KEY + "'}}'{{?nothing}}")).isEqualTo("'{{'" + KEY + "'}}'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a&b=c", "a+b c", "100%", "%2B%", "(a)", "a)b", "\\", "a}}b{{c", "#x", "p?q", "\u00fc"})
    void in_the_uri_of_an_endpoint_it_stands_in_raw(String value) throws Exception {
        System.setProperty(KEY, value);
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("timer:x?period=100000&timerName=RAW({{" + KEY + "}})").id("x").to("log:x");
            }
        });
        context.start();
        assertThat(context.getRoute("x").getEndpoint()).hasFieldOrPropertyWithValue("timerName", value);
    }

    @Test
    void a_file_of_properties_keeps_to_its_own_rules() throws Exception {
        Path file = Files.writeString(folder.resolve("application.properties"), KEY + " = a\\\\b\\u0041\\\\\nrelay.sink.x.other = x\\\n  y\n");
        context.getPropertiesComponent().addPropertiesSource(new PropertyFiles(List.of(file)));
        assertThat(keys.text(KEY)).contains("a\\bA\\");
        assertThat(context.resolvePropertyPlaceholders("{{" + KEY + "}}")).isEqualTo("a\\bA\\");
        assertThat(keys.text("relay.sink.x.other")).contains("xy");
    }
}
