package io.jobrelay.support;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** The description of the admin API as a client reads it. */
public final class OpenApi {

    private static final ObjectMapper JSON = new ObjectMapper();
    private final JsonNode document;

    /**
     * One operation of the document.
     *
     * @param method in upper case
     * @param path as the document has it
     * @param node what it says of it
     */
    public record Operation(String method, String path, JsonNode node) {
    }

    /** Reads it. */
    public OpenApi() {
        try {
            document = JSON.readTree(Path.of("src/main/resources/io/jobrelay/admin/openapi.json").toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @return the whole document */
    public JsonNode document() {
        return document;
    }

    /** @return each operation by its operationId */
    public Map<String, Operation> operations() {
        Map<String, Operation> all = new LinkedHashMap<>();
        document.path("paths").fields().forEachRemaining(path -> path.getValue().fields().forEachRemaining(method -> {
            Operation known = all.put(method.getValue().path("operationId").textValue(),
                    new Operation(method.getKey().toUpperCase(java.util.Locale.ROOT), path.getKey(), method.getValue()));
            assertThat(known).as("operationId of " + method.getValue()).isNull();
        }));
        return all;
    }

    /**
     * @param node perhaps a reference
     * @return what it refers to
     */
    public JsonNode resolve(JsonNode node) {
        if (!node.has("$ref")) {
            return node;
        }
        JsonNode found = document.at(node.path("$ref").textValue().substring(1));
        assertThat(found.isMissingNode()).as(node.toString()).isFalse();
        return found;
    }

    /**
     * Looks whether a value is as a schema has it; members the schema does not name count as wrong, unless it says otherwise.
     *
     * @param schema of this document
     * @param value to be looked at
     * @param what it is
     */
    public void check(JsonNode schema, JsonNode value, String what) {
        ObjectNode whole = schema.deepCopy();
        whole.set("components", document.path("components").deepCopy());
        strict(whole.path("components").path("schemas"));
        assertThat(JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(whole).validate(value)).as(what + ": " + value)
                .isEmpty();
    }

    /** The document itself leaves room for members to come; a test does not. */
    private static void strict(JsonNode node) {
        if (node instanceof ObjectNode schema && schema.has("properties") && !schema.has("additionalProperties")) {
            schema.put("additionalProperties", false);
        }
        node.forEach(OpenApi::strict);
    }

    /**
     * Looks whether an answer is one the document has for an operation.
     *
     * @param operation that was asked for
     * @param answer that came
     * @return the answer's JSON; missing where it is none
     */
    public JsonNode check(Operation operation, Http.Answer answer) {
        String what = operation.method() + " " + operation.path() + " answered " + answer.status();
        JsonNode response = resolve(operation.node().path("responses").path(String.valueOf(answer.status())));
        assertThat(response.isMissingNode()).as(what + " " + answer.text()).isFalse();
        String type = String.valueOf(answer.header("Content-Type")).replaceFirst(";.*", "");
        assertThat(response.path("content").has(type)).as(what + " as " + type).isTrue();
        response.path("headers").fieldNames().forEachRemaining(name -> assertThat(answer.header(name)).as(what + ", " + name).isNotNull());
        if (!type.endsWith("json")) {
            return JSON.missingNode();
        }
        JsonNode value = AdminClient.json(answer);
        check(response.path("content").path(type).path("schema"), value, what);
        return value;
    }
}
