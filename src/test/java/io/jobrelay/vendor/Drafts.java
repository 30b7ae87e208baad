package io.jobrelay.vendor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.jobrelay.check.Merge;
import io.jobrelay.document.Template;
import io.jobrelay.document.Variables;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The profiles of all vendors, whether they are in the box or only drafts, read plainly: what interprets them must carry every one. */
public final class Drafts {

    /** One operation of one profile, and its whole profile with that operation's members merged into it. */
    public record Operation(String provider, String name, JsonNode profile) {

        public JsonNode at(String pointer) {
            return profile.at(pointer);
        }

        public String path() {
            return profile.at("/operations/" + name).asText();
        }

        /** @return the example with its variables filled in, as the sandbox answers it */
        public JsonNode example(String name, Variables variables) {
            JsonNode example = profile.at("/examples/" + name);
            return example.isMissingNode() ? example : Template.json(example, Variables.of(variable -> variable.startsWith("example:")
                    ? example(variable.substring(8), variables) : variables.get(variable)));
        }

        public byte[] body(String name, Variables variables) {
            JsonNode example = example(name, variables);
            JsonNode body = example.has("body") && example.size() <= 3 && example.has("query") ? example.get("body") : example;
            return bytes(body.isTextual() ? body.asText() : body.toString());
        }

        @Override
        public String toString() {
            return provider + "/" + name;
        }
    }

    private static final ObjectMapper JSON = new ObjectMapper();

    private Drafts() {
    }

    public static JsonNode yaml(String text) {
        return JSON.valueToTree(new Load(LoadSettings.builder().build()).loadFromString(text));
    }

    public static Operation of(String provider, String operation) {
        return all().filter(one -> one.provider.equals(provider) && one.name.equals(operation)).findFirst().orElseThrow();
    }

    public static Stream<Operation> all() {
        return providers().flatMap(provider -> {
            ObjectNode profile = (ObjectNode) yaml(text(provider));
            List<Operation> operations = new ArrayList<>();
            profile.path("operations").fieldNames().forEachRemaining(one -> operations.add(new Operation(provider, one, Merge.of(profile, one))));
            return operations.stream();
        });
    }

    /** @return the names of all profiles */
    public static Stream<String> providers() {
        return files().map(file -> file.getFileName().toString().replace(".yaml", ""));
    }

    /** @return what the file of a provider's profile holds */
    public static String text(String provider) {
        try {
            return Files.readString(files().filter(file -> file.endsWith(provider + ".yaml")).findFirst().orElseThrow());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<Path> files() {
        return Stream.of("routes/providers", "src/test/resources/providers").flatMap(folder -> {
            try (Stream<Path> files = Files.list(Path.of(folder))) {
                return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList().stream();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    /** Variables as the sandbox has them for a job of that id. */
    public static Variables sandbox(Operation operation, String id) {
        Variables names = Variables.none().with("rest", "acme/model/fast").with("named", id);
        String path = Template.of(operation.path()).path(names).orElseThrow();
        return names.with("id", id).with("job.id", id).with("job.ref", "018f2c0e-0000-7000-8000-000000000001").with("operation", path)
                .with("operation.name", operation.name()).with("base", "http://127.0.0.1:1/sandbox/acc").with("text", "Hello.")
                .with("media", "http://127.0.0.1:1/m.wav").with("response", new TextNode("r")).with("answered", JsonNodeFactory.instance.numberNode(200))
                .with("created", "2026-11-27T10:00:00.000Z").with("completed", "2026-11-27T10:00:02.000Z").with("expires", "2026-12-04T10:00:00.000Z")
                .with("created.unix", JsonNodeFactory.instance.numberNode(1795773600)).with("completed.unix", JsonNodeFactory.instance.numberNode(1795773602))
                .with("callback.url", "https://relay.example/webhook/" + operation.provider() + "/1.s").with("callback.secret", "made-for-this-job")
                .with("media.url", "https://relay.example/media/1.s").with("media.format", "Wav").with("registration.id", "whe_1")
                .with("registration.events", JsonNodeFactory.instance.arrayNode().add("a")).with("webhook-secret", "whsec_c2VjcmV0LW9mLXRoZS1zYW5kYm94")
                .with("event.id", "evt-1").with("subscription.id", "sub-1").with("filters", JsonNodeFactory.instance.arrayNode().add("f"));
    }

    public static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    public static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
