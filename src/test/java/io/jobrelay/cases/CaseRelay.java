package io.jobrelay.cases;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jobrelay.protocol.Sha256;
import io.jobrelay.support.Http;
import io.jobrelay.support.Received;
import io.jobrelay.support.RelayFixture;
import io.jobrelay.support.Reply;
import io.jobrelay.support.StandInApi;
import io.jobrelay.support.TestServer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.awaitility.core.ConditionTimeoutException;
import org.springframework.dao.DataAccessException;

/**
 * A relay that plays one case after another: its timers are stopped, its clock stands still unless a case moves it, and before each case its
 * tables are emptied. After each step of a case all that is due by then is done, so that what was not done was not to be done.
 */
final class CaseRelay implements AutoCloseable {

    private static final List<String> TABLES = List.of("relay_job", "relay_job_id", "relay_callback", "relay_delivery", "relay_event");
    private static final List<String> ROUNDS = List.of("settle-callbacks", "submit-due", "poll-due", "forward-due");
    private static final ObjectMapper JSON = new ObjectMapper();

    /** What somebody outside answers, one after another, and what was asked of them. */
    private static final class Outside {
        private final Queue<Reply> answers = new ConcurrentLinkedQueue<>();
        private final List<Map<String, Object>> sent = new CopyOnWriteArrayList<>();
        private final List<Object> unanswered = new CopyOnWriteArrayList<>();
        private volatile Reply otherwise;

        Reply take(Received request) {
            sent.add(Map.of("request", request.method() + " " + request.path(), "headers", firsts(request.headers()), "body", request.body()));
            Reply answer = answers.isEmpty() ? otherwise : answers.remove();
            if (answer == null) {
                unanswered.add(request.method() + " " + request.path());
            }
            return answer == null ? Reply.of(503) : answer;
        }
    }

    private final RelayFixture relay = new RelayFixture();
    private final Outside toApi = new Outside();
    private final Outside toSink = new Outside();
    private final StandInApi api = new StandInApi(relay.clock()).first(call -> call.path().endsWith("/oauth/token") ? null : toApi.take(call));
    private final TestServer sink = new TestServer(relay.clock(), toSink::take);
    private final Map<String, List<String>> tables = new LinkedHashMap<>();
    private final List<Map<String, Object>> answers = new CopyOnWriteArrayList<>();

    /** Starts it, with an HTTP sink as its only one, which takes all that a case does not refuse. */
    CaseRelay() {
        toSink.otherwise = Reply.of(200);
        relay.withMemoryDatabase().withApi(api.url()).with("relay.ringcentral.requests-per-minute", "1000").with("relay.poll.interval", "1h")
                .with("relay.sinks", "http").with("relay.sink.http.url", sink.url() + "/outcomes").start();
        for (var route : List.copyOf(relay.context().getRoutes())) {
            if (route.getEndpoint().getEndpointUri().startsWith("timer:")) {
                try {
                    relay.context().getRouteController().stopRoute(route.getRouteId());
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }
        }
        TABLES.forEach(table -> tables.put(table, relay.sql("SELECT LOWER(column_name) AS name FROM information_schema.columns"
                + " WHERE LOWER(table_name) = ? ORDER BY ordinal_position", table).stream().map(column -> (String) column.get("name")).toList()));
    }

    /** @return the tables that a case may name, each with its columns */
    Map<String, List<String>> tables() {
        return tables;
    }

    @Override
    public void close() {
        relay.close();
        api.close();
        sink.close();
    }

    /**
     * @param one to play
     * @param patience how long what is expected may take, once all that was due is done
     * @throws AssertionError with expected and found side by side
     */
    void play(RouteCase one, Duration patience) {
        clear();
        one.given().forEach((what, rows) -> rows.forEach(row -> put(one.name() + ": given " + what + ": ", what, row)));
        try {
            one.when().forEach(step -> {
                happen(one.name() + ": when: ", step);
                untilQuiet();
            });
        } catch (ConditionTimeoutException e) {
            throw RouteCase.wrong(one.name() + ": the relay has not come to rest; what failed says the log above" + compared(one));
        } catch (IllegalStateException e) {
            throw RouteCase.wrong(one.name() + ": " + e.getMessage() + ": " + e.getCause());
        }
        try {
            RelayFixture.patiently().atMost(patience).until(() -> compared(one).same());
        } catch (ConditionTimeoutException e) {
            throw RouteCase.wrong(one.name() + compared(one));
        }
    }

    // ---- given

    private void clear() {
        Stream.of("DELETE FROM relay_callback", "DELETE FROM relay_job", "DELETE FROM relay_api_call",
                "DELETE FROM relay_setting WHERE name LIKE 'paused%'",
                "UPDATE relay_tally SET n = 0 WHERE name IN ('accepted', 'purged')", "UPDATE relay_api SET paused_until = 0, penalties = 0,"
                + " account_error = NULL, account_retry_at = 0, account_delay = 0, token_error = NULL, token_retry_at = 0").forEach(relay::sql);
        Stream.of(answers, toApi.answers, toApi.sent, toApi.unanswered, toSink.answers, toSink.sent).forEach(Collection::clear);
    }

    private void put(String here, String what, Map<String, Object> values) {
        Map<String, Object> row = new HashMap<>();
        values.forEach((name, value) ->
                row.put(name, CaseComparison.time(value instanceof Map || value instanceof List ? json(value) : value, now())));
        try {
            switch (what) {
                case "api" -> toApi.answers.add(reply(values));
                case "sink" -> toSink.answers.add(reply(values));
                case "relay_job" -> putJob(row);
                case "relay_callback" -> putCallback(row);
                case "relay_delivery" -> {
                    defaults(row, "sink", "http", "status", "Pending");
                    defaults(row, row.get("status").equals("Delivered") ? "delivered_at" : "next_attempt_at",
                            row.get("status").equals("Dead") ? null : now());
                    insert(what, row);
                }
                default -> insert(what, row);
            }
        } catch (DataAccessException e) {
            throw RouteCase.wrong(here + values + " cannot be there: " + e.getMostSpecificCause().getMessage().lines().findFirst().orElse(""));
        }
    }

    /** One that has ended was ended by a callback, or by what stands in its place. */
    private void putJob(Map<String, Object> row) {
        String status = String.valueOf(row.getOrDefault("status", "InProgress"));
        defaults(row, "id", UUID.randomUUID().toString());
        if (!status.matches("Queued|InProgress")) {
            defaults(row, "ended_at", now(), "next_poll_at", null, "received_via", status.matches("Expired|Cancelled") ? "relay" : "webhook");
            putCallback(new HashMap<>(Map.of("job", row.get("id"), "via", row.get("received_via"), "status", status, "verdict", "Settled")));
            row.put("callback_id", relay.count("SELECT MAX(id) FROM relay_callback"));
        }
        relay.insertJob(row);
    }

    private void putCallback(Map<String, Object> row) {
        defaults(row, "via", "webhook", "verdict", "New", "status", "Success", "received_at", now());
        byte[] body = String.valueOf(row.getOrDefault("body", json(Map.of("status", row.get("status"))))).getBytes(StandardCharsets.UTF_8);
        row.putAll(Map.of("body", body, "body_size", body.length, "body_sha256", Sha256.of(body)));
        insert("relay_callback", row);
    }

    private void insert(String table, Map<String, Object> row) {
        List<String> columns = List.copyOf(row.keySet());
        relay.sql("INSERT INTO " + table + " (" + String.join(", ", columns) + ") VALUES ("
                + columns.stream().map(column -> "?").collect(Collectors.joining(", ")) + ")", columns.stream().map(row::get).toArray());
    }

    private static void defaults(Map<String, Object> row, Object... columns) {
        for (int i = 0; i < columns.length; i += 2) {
            if (!row.containsKey((String) columns[i])) {
                row.put((String) columns[i], columns[i + 1]);
            }
        }
    }

    private static Reply reply(Map<String, Object> values) {
        Reply reply = new Reply(values.get("status") instanceof Integer status ? status : 200, Map.of(), new byte[0],
                Boolean.TRUE.equals(values.get("lost")) ? Reply.Wire.DROP : Reply.Wire.ANSWER);
        if (values.containsKey("body")) {
            reply = Reply.json(reply.status(), json(values.get("body")));
        }
        for (Map.Entry<String, Object> header : headers(values).entrySet()) {
            reply = reply.with(header.getKey(), header.getValue().toString());
        }
        return reply;
    }

    // ---- when

    private void happen(String here, Map<String, Object> step) {
        byte[] body = step.containsKey("body") ? json(step.get("body")).getBytes(StandardCharsets.UTF_8) : null;
        if (step.containsKey("clock")) {
            relay.clock().advance(Duration.ofMillis(CaseComparison.millis(step.get("clock").toString())));
        } else if (step.containsKey("send")) {
            send(here, step.get("send").toString(), body, headers(step));
        } else if (step.containsKey("callback")) {
            http("POST", relay.callbackUrl(step.get("callback").toString()), body, headers(step));
        } else {
            String[] request = step.getOrDefault("public", step.get("admin")).toString().split(" ");
            http(request[0], (step.containsKey("admin") ? relay.adminUrl() : relay.publicUrl()) + request[1], body, headers(step));
        }
    }

    private void http(String method, String url, byte[] body, Map<String, Object> headers) {
        headers.putIfAbsent("Content-Type", "application/json");
        Http.Answer answer = Http.send(method, url, body, headers.entrySet().stream()
                .flatMap(header -> Stream.of(header.getKey(), header.getValue().toString())).toArray(String[]::new));
        answers.add(Map.of("status", answer.status(), "headers", firsts(answer.headers().map()), "body", answer.bytes()));
    }

    private void send(String here, String to, byte[] body, Map<String, Object> headers) {
        if (relay.context().getRoute(to.substring("direct:".length())) == null) {
            throw RouteCase.wrong(here + "there is no route " + to);
        }
        Exchange done = relay.context().createFluentProducerTemplate().to(to).withProcessor(exchange -> {
            exchange.getMessage().setBody(body == null ? null : new String(body, StandardCharsets.UTF_8));
            exchange.getMessage().setHeaders(headers);
        }).send();
        if (done.getException() != null) {
            throw RouteCase.wrong(here + to + " failed: " + done.getException());
        }
        answers.add(Map.of("headers", done.getMessage().getHeaders(), "body", String.valueOf(done.getMessage().getBody(String.class))));
    }

    /** Nobody works when nothing is unsettled, claimed or on its way after a round of each kind; what follows from work under way is seen too. */
    private void untilQuiet() {
        RelayFixture.patiently().until(() -> {
            ROUNDS.forEach(relay::run);
            return relay.context().getInflightRepository().size() == 0
                    && relay.count("SELECT (SELECT COUNT(*) FROM relay_callback WHERE verdict = 'New') + (SELECT COUNT(*)"
                    + " FROM relay_job WHERE claim IS NOT NULL) + (SELECT COUNT(*) FROM relay_delivery"
                    + " WHERE claim IS NOT NULL OR next_attempt_at <= ?)", now()) == 0;
        });
    }

    // ---- then

    private CaseComparison compared(RouteCase one) {
        Map<String, Object> found = new HashMap<>(Map.of("answers", answers, "sent", Map.of("api", toApi.sent, "sink", toSink.sent)));
        tables.forEach((table, columns) -> found.put(table, relay.sql("SELECT * FROM " + table + " ORDER BY "
                + Stream.of("job", "id", "job_id", "outcome", "sink").filter(columns::contains).collect(Collectors.joining(", ")))));
        return new CaseComparison(now()).compare("", one.then(), found).compare("calls that given api has no answer for", List.of(), toApi.unanswered)
                .compare("answers of given api and sink left over", 0, toApi.answers.size() + toSink.answers.size());
    }

    private long now() {
        return relay.clock().millis();
    }

    private static Map<String, Object> headers(Map<String, Object> of) {
        Map<String, Object> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        ((Map<?, ?>) of.getOrDefault("headers", Map.of())).forEach((name, value) -> headers.put(name.toString(), value));
        return headers;
    }

    private static Map<String, Object> firsts(Map<String, List<String>> values) {
        Map<String, Object> firsts = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        values.forEach((name, all) -> firsts.put(name, all.get(0)));
        return firsts;
    }

    private static String json(Object value) {
        try {
            return value instanceof String text ? text : JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
