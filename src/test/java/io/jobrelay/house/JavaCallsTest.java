package io.jobrelay.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Which bean calls which route is read from the sources as they are usually written. */
class JavaCallsTest {

    private static final Set<String> STEPS = Set.of("relay-group", "relay-ring-a", "relay-hand-a", "relay-mark", "relay-to-sink", "relay-wake-b-due",
            "relay-webhook");
    private static final Set<String> ROUTES = Set.of("a-store", "a-due", "a-hand", "a-marked", "b-due", "b-soon", "sink-file");

    private final JavaCalls calls = JavaCalls.in(Map.of(
            Path.of("Beans.java"), """
                    class Beans {
                        void bind() {
                            bind(context, "relay-group", new Group(context, "a-store", x -> Math.max(1, x)));
                            hands("relay-ring-a", "a-due", "relay-hand-a", "relay-hands-a", bell -> new Hands(context, "a-hand", bell));
                            Marks marks = new Marks(context, "a-marked"); // "b-soon" is no call
                            bind(context, "relay-mark", marks);
                            registry.bind("relay-to-sink", new ToSink(context));
                            registry.bind("relay-wake-b-due", wake("b" + "-due"));
                            Set<String> names = Set.of("a-store", "b-soon");
                        }
                    }
                    """,
            Path.of("ToSink.java"), "class ToSink { void process() { /* \"direct:b-soon\" */ template.send(\"direct:sink-\" + name, exchange); } }",
            Path.of("Guard.java"),
            "class Guard { void poll() { lookup(\"relay-webhook\").jobOf(path).ifPresent(job -> send(\"direct:b-soon\", job)); } }"),
            STEPS, Set.of("relay-group", "relay-ring-a", "relay-hand-a", "relay-mark", "relay-to-sink", "relay-wake-b-due"), ROUTES);

    @Test
    void a_route_belongs_to_the_bean_of_its_statement_its_variable_or_its_class() {
        assertThat(calls.byBean()).containsOnly(
                Map.entry("relay-group", Set.of("a-store")),
                Map.entry("relay-ring-a", Set.of("a-due")),
                Map.entry("relay-hand-a", Set.of("a-hand")),
                Map.entry("relay-mark", Set.of("a-marked")),
                Map.entry("relay-to-sink", Set.of("sink-")),
                Map.entry("relay-wake-b-due", Set.of("b-due"))); // of which Java puts the name together
    }

    @Test
    void a_call_that_is_no_step_of_a_route_is_javas_own_and_a_comment_or_a_list_of_names_is_none() {
        assertThat(calls.alone()).containsExactly("b-soon");
    }
}
