package io.jobrelay.promises.operator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.jobrelay.protocol.Problem;
import io.jobrelay.server.AdminEngine;
import io.jobrelay.support.AdminClient;
import io.jobrelay.support.Http;
import io.jobrelay.support.OpenApi;
import io.jobrelay.support.RelayFixture;
import io.jobrelay.support.Reply;
import io.jobrelay.support.StandInApi;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.camel.Route;
import org.apache.camel.component.platform.http.PlatformHttpEndpoint;
import org.junit.jupiter.api.Test;

/** Promise: {@code GET /openapi.json} says what the admin port serves, all of it and nothing else. */
class OpenApiTest {

    /** Camel's own pages, which no route serves. */
    private static final Set<String> CAMELS = Set.of("GET /observe/health", "GET /observe/metrics");

    private final OpenApi api = new OpenApi();

    @Test
    void every_operation_is_a_route_and_every_route_an_operation() {
        Set<String> served = new TreeSet<>();
        try (RelayFixture relay = new RelayFixture().start()) {
            for (Route route : relay.context().getRoutes()) {
                if (route.getEndpoint() instanceof PlatformHttpEndpoint http && http.getPlatformHttpEngine() instanceof AdminEngine
                        && !"sandbox".equals(route.getGroup())) {
                    Arrays.stream(http.getHttpMethodRestrict().split(",")).forEach(method -> served.add(method + " " + http.getPath()));
                }
            }
        }
        served.addAll(CAMELS);
        List.copyOf(served).stream().filter(operation -> operation.startsWith("GET ")).forEach(get -> served.add(get.replaceFirst("GET", "HEAD")));
        Set<String> told = new TreeSet<>();
        api.operations().values().forEach(operation -> told.add(operation.method() + " " + operation.path()));
        assertThat(told).isEqualTo(served);
    }

    @Test
    void the_document_is_served_as_it_stands_and_is_whole() {
        try (RelayFixture relay = new RelayFixture().start()) {
            Http.Answer answer = relay.adminGet("/openapi.json");
            assertThat(answer.status()).isEqualTo(200);
            assertThat(AdminClient.json(answer)).isEqualTo(api.document());
        }
        assertThat(api.document().path("openapi").textValue()).startsWith("3.1.");
        api.document().findValues("$ref").forEach(ref -> assertThat(api.document().at(ref.textValue().substring(1)).isMissingNode())
                .as(ref.textValue()).isFalse());
        api.operations().forEach((id, operation) -> {
            Set<String> inPath = Pattern.compile("\\{(\\w+)}").matcher(operation.path()).results().map(m -> m.group(1)).collect(Collectors.toSet());
            Set<String> told = new TreeSet<>();
            operation.node().path("parameters").forEach(p -> {
                if (api.resolve(p).path("in").textValue().equals("path")) {
                    told.add(api.resolve(p).path("name").textValue());
                }
            });
            assertThat(told).as(id).isEqualTo(inPath);
            assertThat(operation.node().path("summary").textValue()).as(id).isNotBlank();
        });
    }

    @Test
    void every_example_is_as_its_schema_has_it_and_every_json_body_has_one() {
        api.operations().forEach((id, operation) -> {
            examples(id + " request", operation.node().path("requestBody"));
            operation.node().path("responses").fields()
                    .forEachRemaining(response -> examples(id + " " + response.getKey(), api.resolve(response.getValue())));
        });
    }

    private void examples(String what, JsonNode body) {
        body.path("content").fields().forEachRemaining(content -> {
            JsonNode value = content.getValue();
            if (content.getKey().endsWith("json") && !what.startsWith("getApi 200")) {
                assertThat(value.has("example") || value.path("examples").size() > 0).as(what).isTrue();
            }
            if (value.has("example")) {
                api.check(value.path("schema"), value.path("example"), what);
            }
            value.path("examples").forEach(example -> api.check(value.path("schema"), example.path("value"), what));
        });
    }

    @Test
    void every_kind_of_problem_is_named_with_its_status() {
        JsonNode types = api.document().at("/components/schemas/Problem/properties/type/enum");
        assertThat(types.findValuesAsText("")).isEmpty();
        Set<String> named = new TreeSet<>();
        types.forEach(type -> named.add(type.textValue()));
        assertThat(named).isEqualTo(Arrays.stream(Problem.Kind.values()).map(Problem.Kind::type).collect(Collectors.toCollection(TreeSet::new)));
        for (JsonNode example : api.document().findValues("examples")) {
            example.forEach(named2 -> {
                JsonNode problem = named2.path("value");
                if (problem.path("type").asText("").startsWith("urn:jobrelay:problem:")) {
                    Problem.Kind kind = Arrays.stream(Problem.Kind.values()).filter(k -> k.type().equals(problem.path("type").textValue()))
                            .findFirst().orElseThrow();
                    assertThat(problem.path("status").intValue()).as(kind.type()).isEqualTo(kind.status());
                    assertThat(problem.path("title").textValue()).isEqualTo(kind.title());
                }
            });
        }
    }

    @Test
    void what_a_running_relay_answers_is_as_described() {
        try (RelayFixture relay = new RelayFixture(); StandInApi upstream = new StandInApi(relay.clock())) {
            relay.withApi(upstream.url()).with("relay.ringcentral.requests-per-minute", "1000").start();
            Map<String, OpenApi.Operation> operations = api.operations();
            String request = "{\"api\":\"punctuate\",\"request\":{\"texts\":[\"a\"]},\"reference\":\"r\",\"metadata\":{\"m\":1}}";
            String open = told(relay, "createJob", "", request).path("id").textValue();
            relay.untilStatus(open, "InProgress");
            told(relay, "createJob", "", "{\"jobId\":\"elsewhere\"}");
            upstream.nextSubmits(Reply.error(400, "CAI-101", "no"));
            String failed = told(relay, "createJob", "", request).path("id").textValue();
            relay.untilDelivered(failed);
            told(relay, "getResult", open, null);
            told(relay, "pollJob", open, "");
            told(relay, "resubmitJob", open, "");
            for (String id : List.of(open, failed, "none")) {
                for (String operation : List.of("getJob", "getResult", "viewOutcome", "getTimeline", "redeliverJob")) {
                    told(relay, operation, id, operation.endsWith("Job") && !operation.equals("getJob") ? "" : null);
                }
            }
            told(relay, "resubmitJob", failed, "");
            told(relay, "cancelJob", open, "");
            told(relay, "cancelJob", open, "");
            told(relay, "pollJob", failed, "");
            told(relay, "resubmitJob", open, "");
            for (String id : List.of("listJobs", "getOverview", "audit", "doctor", "dashboard", "health", "metrics", "getApi")) {
                told(relay, id, "", null);
            }
            for (String file : List.of("dashboard.css", "dashboard.js", "dashboard.svg", "dashboard.html.bak")) {
                told(relay, "dashboardFile", file, null);
            }
            for (String id : List.of("pause", "resume", "redeliverDead")) {
                told(relay, id, "", "");
            }
            operations.forEach((id, operation) -> {
                if (operation.method().equals("HEAD")) {
                    asked.add(id);
                    String path = relay.adminUrl() + operation.path().replace("{id}", failed).replace("{file}", "dashboard.css");
                    assertThat(Http.send("HEAD", path, null).status()).as(id).isEqualTo(200);
                }
            });
            assertThat(api.check(operations.get("redeliverDead"), relay.adminPost("/redeliver?sink=file", "")).path("count").isInt()).isTrue();
            api.check(operations.get("listJobs"), relay.adminGet("/jobs?limit=1"));
            assertThat(asked).containsAll(operations.keySet());
        }
    }

    @Test
    void without_the_key_everything_is_answered_as_described() {
        try (RelayFixture relay = new RelayFixture().with("relay.admin.api-key", "a-key-of-16-byte").start()) {
            api.operations().forEach((id, operation) -> {
                String path = operation.path().replace("{id}", "x").replace("{file}", "dashboard.css");
                Http.Answer answer = Http.send(operation.method(), relay.adminUrl() + path, operation.method().equals("POST") ? new byte[0] : null);
                boolean free = operation.node().has("security");
                assertThat(answer.status()).as(id).isEqualTo(free ? 200 : 401);
                if (!operation.method().equals("HEAD")) {
                    api.check(operation, answer);
                }
            });
        }
    }

    private final Set<String> asked = new TreeSet<>();

    private JsonNode told(RelayFixture relay, String operationId, String id, String body) {
        asked.add(operationId);
        OpenApi.Operation operation = api.operations().get(operationId);
        String path = operation.path().replaceFirst("\\{\\w+}", id);
        return api.check(operation, body == null ? relay.adminGet(path) : relay.adminPost(path, body));
    }
}
