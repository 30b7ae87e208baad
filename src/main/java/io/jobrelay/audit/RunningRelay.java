package io.jobrelay.audit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.jobrelay.config.Keys;
import io.jobrelay.config.StartFailure;
import io.jobrelay.protocol.Problem;
import io.jobrelay.protocol.Redaction;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;

/** A relay that runs, asked at its admin port. */
public final class RunningRelay {

    private static final Duration CONNECT = Duration.ofSeconds(2);
    private static final Duration ANSWER = Duration.ofMinutes(10);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String base;
    private final String key;

    /**
     * @param keys {@code relay.admin.*}
     * @throws StartFailure when they name no address
     */
    public RunningRelay(Keys keys) {
        String host = keys.required("relay.admin.host");
        try {
            String name = InetAddress.getByName(host).isAnyLocalAddress() ? "127.0.0.1" : host;
            base = "http://" + (name.contains(":") && !name.startsWith("[") ? "[" + name + "]" : name) + ":" + keys.number("relay.admin.port");
        } catch (UnknownHostException e) {
            throw new StartFailure("relay.admin.host is " + host + ", a name that cannot be found. Use the name or address of the relay's machine.", e);
        }
        key = keys.text("relay.admin.api-key").orElse(null);
    }

    /**
     * @return the relay's report as JSON; empty where nobody listens
     * @throws StartFailure when somebody listens, and it is no relay, refuses the key, or cannot check now
     * @throws InterruptedException when this thread is asked to stop
     */
    Optional<byte[]> audit() throws InterruptedException {
        return ask("/audit", RunningRelay::isReport);
    }

    /**
     * @return the relay's examination of itself as JSON; empty where nobody listens
     * @throws StartFailure when somebody listens, and it is no relay, or refuses the key
     * @throws InterruptedException when this thread is asked to stop
     */
    public Optional<byte[]> doctor() throws InterruptedException {
        return ask("/doctor", body -> body.path("checks").isArray());
    }

    private Optional<byte[]> ask(String path, Predicate<JsonNode> isAnswer) throws InterruptedException {
        HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CONNECT)
                .proxy(HttpClient.Builder.NO_PROXY).build();
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path)).header("Accept", "application/json");
        if (key != null) {
            request.header("Authorization", "Bearer " + key);
        }
        long until = System.nanoTime() + ANSWER.toNanos();
        while (true) {
            HttpResponse<byte[]> answer;
            try {
                answer = client.sendAsync(request.build(), BodyHandlers.ofByteArray()).get(until - System.nanoTime(), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                throw new StartFailure("The relay at " + base + " has not answered in " + ANSWER.toMinutes() + " minutes.", e);
            } catch (ExecutionException e) {
                if (e.getCause() instanceof ConnectException || e.getCause() instanceof HttpConnectTimeoutException) {
                    return Optional.empty();
                }
                throw new StartFailure("What listens at " + base + " gave no answer (" + Redaction.of(e.getCause())
                        + "). Check relay.admin.host and relay.admin.port.", e);
            }
            JsonNode body = tree(answer.body());
            if (answer.statusCode() == 200 && isAnswer.test(body)) {
                return Optional.of(answer.body());
            }
            if (!body.path("type").asText().equals(Problem.Kind.AUDIT_UNDER_WAY.type())) {
                throw new StartFailure(refusal(path, answer.statusCode(), body));
            }
            TimeUnit.SECONDS.sleep(1); // somebody else's audit: ours is next
        }
    }

    /** @return where it is asked, such as {@code http://127.0.0.1:8081} */
    @Override
    public String toString() {
        return base;
    }

    private String refusal(String path, int status, JsonNode body) {
        if (status == 401) {
            return "The relay at " + base + (key == null ? " asks for a key" : " refuses the key")
                    + ": set relay.admin.api-key to the one it was started with.";
        }
        if (status >= 400 && body.path("detail").isTextual()) {
            return "The relay at " + base + " answered " + status + ": " + Redaction.of(body.path("detail").asText());
        }
        return "What answers at " + base + " is not this relay: GET " + path + " got " + status + " and no report. Check relay.admin.host and relay.admin.port.";
    }

    private static boolean isReport(JsonNode body) {
        return body.path("ok").isBoolean() && body.path("at").isTextual() && body.path("counts").isObject() && body.path("violations").isArray();
    }

    private static JsonNode tree(byte[] json) {
        try {
            JsonNode tree = JSON.readTree(json);
            return tree == null ? MissingNode.getInstance() : tree;
        } catch (IOException e) {
            return MissingNode.getInstance();
        }
    }
}
