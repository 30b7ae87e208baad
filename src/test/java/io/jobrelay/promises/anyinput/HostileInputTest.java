package io.jobrelay.promises.anyinput;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.jobrelay.forward.FileName;
import io.jobrelay.forward.OutcomeDocument;
import io.jobrelay.protocol.Capability;
import io.jobrelay.protocol.StatusResource;
import io.jobrelay.support.Hostile;
import io.jobrelay.support.Http;
import io.jobrelay.support.Raw;
import io.jobrelay.support.RelayFixture;
import io.jobrelay.webhook.Webhook;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/**
 * Promise: whatever comes in, the webhook answers as the contract's table has it, what was accepted comes out byte for byte, and no name
 * leads out of the folder of results. {@code -Dhostile.seed=1} repeats a run, {@code -Dhostile.inputs=1000000} makes it longer.
 */
class HostileInputTest {

    private static final long SEED = Long.getLong("hostile.seed", new Random().nextLong());
    private static final int INPUTS = Integer.getInteger("hostile.inputs", 100_000);
    private static final int OVER_HTTP = 2_000;
    private static final String JOB = "0190b7a2-7d5c-7cc5-9a8e-6f0f3e3c1a11";

    private static void print(String what) {
        System.out.println("HostileInputTest, " + what + ": -Dhostile.seed=" + SEED);
    }

    @Test
    void every_body_is_taken_whole_or_refused() throws Exception {
        print("bodies");
        Hostile hostile = new Hostile(new Random(SEED));
        Capability urls = new Capability("callback", List.of("secret"));
        Webhook webhook = new Webhook("/webhook", urls, Clock.systemUTC());
        String signed = "/webhook/" + urls.sign(JOB);
        int accepted = 0;
        int ended = 0;
        try (CamelContext camel = new DefaultCamelContext()) {
            for (int i = 0; i < INPUTS; i++) {
                byte[] body = hostile.body();
                Exchange exchange = new DefaultExchange(camel);
                exchange.getMessage().setBody(body);
                try {
                    exchange.getMessage().setHeader(Exchange.HTTP_PATH, i % 3 == 0 ? "/webhook/" + hostile.id() : signed);
                    exchange.getMessage().setHeader("Validation-Token", i % 7 == 0 ? hostile.id() : null);
                    webhook.read(exchange);
                    Map<String, Object> row = Webhook.row(exchange);
                    check(row, body, i % 3 != 0, hostile.id());
                    webhook.answer(exchange);
                    accepted += Integer.valueOf(200).equals(row.get("answer")) ? 1 : 0;
                    ended += "New".equals(row.get("verdict")) ? 1 : 0;
                } catch (Exception | AssertionError | StackOverflowError e) {
                    throw new AssertionError("input " + i + " of seed " + SEED + ": " + shown(body), e);
                }
            }
        }
        assertThat(accepted).as("of the inputs many are good enough, and many are not").isBetween(INPUTS / 10, INPUTS * 9 / 10);
        assertThat(ended).isGreaterThan(INPUTS / 20);
    }

    private static void check(Map<String, Object> row, byte[] body, boolean signed, String reference) throws IOException {
        assertThat(row.get("answer")).isIn(200, 400);
        if (!signed || !"signed".equals(row.get("kind"))) {
            assertThat(signed && body.length > 0).as("a signed body is kept").isFalse();
            assertThat(row.get("kind")).isIn("hint", "refused", "token");
            assertThat("hint".equals(row.get("kind")) || "token".equals(row.get("kind"))).isEqualTo(row.get("answer").equals(200));
            return;
        }
        assertThat(row).containsEntry("kind", "signed").containsEntry("job", JOB);
        if ("Refused".equals(row.get("verdict"))) {
            assertThat(row).containsEntry("answer", 400);
            assertThat(isObject(body)).as("refused for nothing").isFalse();
            return;
        }
        assertThat(row).containsEntry("answer", 200);
        assertThat(isObject(body)).as("accepted though it is none").isTrue();
        for (String column : List.of("job_id", "api", "status", "creation_time", "completion_time", "expiration_time")) {
            String value = (String) row.get(column);
            assertThat(value == null || value.length() <= (List.of("job_id", "api").contains(column) ? 512 : 64) && StatusResource.storable(value)).isTrue();
        }
        if ("New".equals(row.get("verdict"))) {
            document(row, body, StatusResource.storable(reference) ? reference : null);
        }
    }

    /** What a sink gets: the body as it came, up to its last brace, and the member {@code relay} behind it. */
    private static void document(Map<String, Object> row, byte[] body, String reference) throws IOException {
        Map<String, Object> job = new HashMap<>(row);
        job.putAll(Map.of("id", JOB, "received_via", "webhook", "accepted_at", 1L, "body", body));
        job.put("reference", reference);
        job.put("metadata", reference == null ? null : "{\"n\":1.50}");
        byte[] document = OutcomeDocument.of(job);
        int from = StatusResource.bomLength(body);
        int to = body.length - 1;
        while (body[to] != '}') {
            to--;
        }
        assertThat(Arrays.equals(document, 0, to - from, body, from, to)).as("the body byte for byte").isTrue();
        String end = new String(document, to - from, document.length - (to - from), StandardCharsets.UTF_8);
        assertThat(end).matches("(?s),?\"relay\":\\{\"id\":\"" + JOB + "\".*}}");
        try (JsonParser parser = StatusResource.AS_IT_CAME.createParser(document)) {
            parser.nextToken();
            String last = null;
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                last = parser.currentName();
                if (parser.nextToken() == JsonToken.START_OBJECT && last.equals("relay") && parser.currentTokenLocation().getByteOffset() > to - from) {
                    relay(parser, reference);
                }
                parser.skipChildren();
            }
            assertThat(last).isEqualTo("relay");
            assertThat(parser.currentToken()).isEqualTo(JsonToken.END_OBJECT);
            assertThat(parser.nextToken()).isNull();
        }
    }

    private static void relay(JsonParser parser, String reference) throws IOException {
        String found = null;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            found = name.equals("reference") ? parser.getText() : found;
            parser.skipChildren();
        }
        assertThat(found).isEqualTo(reference);
    }

    /** Said once more in other words than the relay's: UTF-8 throughout, one object, nothing behind it. */
    private static boolean isObject(byte[] body) {
        String text;
        try {
            text = StandardCharsets.UTF_8.newDecoder().decode(java.nio.ByteBuffer.wrap(body)).toString();
        } catch (CharacterCodingException e) {
            return false;
        }
        try (JsonParser parser = StatusResource.AS_IT_CAME.createParser(text.startsWith("\ufeff") ? text.substring(1) : text)) {
            boolean object = parser.nextToken() == JsonToken.START_OBJECT;
            int depth = object ? 1 : 0;
            while (depth > 0) {
                JsonToken token = parser.nextToken();
                if (token == null) {
                    return false;
                }
                depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
            }
            return object && parser.nextToken() == null;
        } catch (IOException e) {
            return false;
        }
    }

    /** But for a jobId that is itself the SHA-256 of another one's long name, which the API would have to give out on purpose. */
    @Test
    void every_name_is_one_plain_name_and_no_two_are_the_same() {
        print("names");
        Hostile hostile = new Hostile(new Random(SEED));
        Path folder = Path.of("results").toAbsolutePath();
        Map<String, String> jobIds = new HashMap<>();
        for (int i = 0; i < INPUTS; i++) {
            String jobId = hostile.id();
            if (jobId.isEmpty() || jobId.length() > StatusResource.LONGEST_JOB_ID || !StatusResource.storable(jobId)) {
                continue; // never becomes a jobId
            }
            String name = FileName.of(jobId);
            assertThat(name).as(jobId).matches("[A-Za-z0-9_%-][A-Za-z0-9_%.-]*\\.json").hasSizeLessThanOrEqualTo(205);
            assertThat(folder.resolve(name).normalize().getParent()).isEqualTo(folder);
            String other = jobIds.putIfAbsent(name, jobId);
            assertThat(other == null || other.equals(jobId)).as("%s and %s are both %s", jobId, other, name).isTrue();
        }
        assertThat(jobIds).hasSizeGreaterThan(INPUTS / 20);
    }

    @Test
    void over_real_http_nothing_is_a_fault_of_the_relay_and_what_was_accepted_comes_out() throws Exception {
        print("HTTP");
        Random random = new Random(SEED);
        Hostile hostile = new Hostile(random);
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        log.start();
        root.addAppender(log);
        try (RelayFixture relay = new RelayFixture().start()) {
            List<String> jobs = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                jobs.add(relay.openJob(UUID.randomUUID().toString()));
            }
            Map<Integer, Integer> answers = new ConcurrentHashMap<>();
            ExecutorService senders = Executors.newFixedThreadPool(16);
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < OVER_HTTP; i++) {
                byte[] body = hostile.body();
                String url = random.nextInt(4) == 0 ? relay.webhookUrl() + "/x" : relay.callbackUrl(jobs.get(random.nextInt(jobs.size())));
                String path = random.nextInt(10) == 0 ? "/webhook/" + hostile.id().replaceAll("[\r\n ]", "") : null;
                running.add(senders.submit(() -> {
                    int status = path == null ? Http.send("POST", url, body).status() : raw(relay.publicPort(), path, body);
                    answers.merge(status, 1, Integer::sum);
                    assertThat(status).as("seed %d, %s", SEED, shown(body)).isIn(path == null ? List.of(200, 400) : List.of(0, 200, 400, 404, 405, 414));
                }));
            }
            senders.shutdown();
            for (Future<?> each : running) {
                each.get();
            }
            relay.forward();
            assertThat(answers).containsKeys(200, 400);
            List<String> ended = jobs.stream().filter(id -> relay.job(id).get("ended_at") != null).toList();
            assertThat(ended).as("seed %d, whose luck makes it about a hundred", SEED).hasSizeGreaterThan(40);
            ended.forEach(relay::untilDelivered);
            try (var files = Files.list(relay.results())) {
                List<Path> results = files.toList();
                assertThat(results).hasSameSizeAs(ended);
                results.forEach(HostileInputTest::readable);
            }
            assertThat(relay.adminGet("/audit").status()).isEqualTo(200);
        } finally {
            root.detachAppender(log);
        }
        assertThat(log.list).filteredOn(line -> line.getLevel().isGreaterOrEqual(Level.WARN)).extracting(ILoggingEvent::getFormattedMessage).isEmpty();
    }

    private static int raw(int port, String path, byte[] body) {
        String target = new String(path.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        String reply = Raw.post(port, target, new String(body, StandardCharsets.ISO_8859_1));
        return reply.startsWith("HTTP/1.1 ") ? Integer.parseInt(reply.substring(9, 12)) : 0;
    }

    private static void readable(Path file) {
        try (JsonParser parser = StatusResource.AS_IT_CAME.createParser(Files.readAllBytes(file))) {
            parser.nextToken();
            parser.skipChildren();
            assertThat(parser.nextToken()).isNull();
        } catch (IOException e) {
            throw new UncheckedIOException(file.toString(), e);
        }
    }

    private static String shown(byte[] body) {
        return new String(body, 0, Math.min(300, body.length), StandardCharsets.UTF_8) + " ("
                + HexFormat.of().formatHex(body, 0, Math.min(300, body.length)) + ", " + body.length + " bytes)";
    }
}
