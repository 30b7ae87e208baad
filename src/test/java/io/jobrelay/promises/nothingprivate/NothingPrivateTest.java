package io.jobrelay.promises.nothingprivate;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.AppenderBase;
import ch.qos.logback.core.ConsoleAppender;
import io.jobrelay.media.MediaUrl;
import io.jobrelay.support.AdminClient;
import io.jobrelay.support.Http;
import io.jobrelay.support.Raw;
import io.jobrelay.support.RelayFixture;
import io.jobrelay.support.Reply;
import io.jobrelay.support.Sink;
import io.jobrelay.support.StandInApi;
import io.jobrelay.watch.LogSetup;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Promise: secrets, tokens, signatures and an {@code access_token} appear in no log, error, metric or page. Every one of them is marked, all
 * that can go well or wrong goes so, and everything the relay said is searched. The client secret, the JWT and the admin key are not in the
 * database either.
 */
class NothingPrivateTest {

    private static final String KEY = "MARK-admin-key-of-the-relay";
    private static final String WEBHOOK_SECRET = "MARK-webhook-secret";
    private static final String SINK_SECRET = "whsec_" + Base64.getEncoder().encodeToString("MARK-sink-secret-0123456789".getBytes(StandardCharsets.UTF_8));
    private static final String TOKEN = "MARK-access-token";
    private static final String IN_CONTENT_URI = "MARK-token-of-content-uri";
    private static final String IN_QUERY = "MARK-in-query";
    private static final String IN_SINK_URL = "MARK-in-sink-url";
    private static final String IN_ECHO = "MARK-echo";
    private static final String BASIC = Base64.getEncoder().encodeToString((StandInApi.CLIENT_ID + ":" + StandInApi.CLIENT_SECRET)
            .getBytes(StandardCharsets.UTF_8));
    private static final String[] AUTH = {"Authorization", "Bearer " + KEY};

    private final RelayFixture relay = new RelayFixture().withMemoryDatabase();
    private final StandInApi api = new StandInApi(relay.clock());
    private final Sink sink = new Sink();
    private final ByteArrayOutputStream text = new ByteArrayOutputStream();
    private final ByteArrayOutputStream json = new ByteArrayOutputStream();
    private final List<Appender<ILoggingEvent>> logs = new ArrayList<>();
    private final Map<String, String> said = new LinkedHashMap<>();
    private final Map<String, String> secrets = new LinkedHashMap<>();
    private Appender<ILoggingEvent> console;

    @BeforeEach
    void listen() throws Exception {
        Logger root = root();
        console = root.getAppender("console");
        root.detachAppender(console);
        root.setLevel(Level.INFO);
        root.getLoggerContext().getLogger("io.jobrelay").setLevel(Level.DEBUG);
        logs.add(appender("text", text));
        logs.add(appender("json", json));
    }

    /** Writes as the relay's own configuration of that format does. */
    private static Appender<ILoggingEvent> appender(String format, ByteArrayOutputStream out) throws Exception {
        LoggerContext own = new LoggerContext();
        JoranConfigurator configurator = new JoranConfigurator();
        configurator.setContext(own);
        configurator.doConfigure(LogSetup.class.getResource("/io/jobrelay/logback-" + format + ".xml"));
        ConsoleAppender<ILoggingEvent> real = (ConsoleAppender<ILoggingEvent>) own.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).getAppender("console");
        AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
                if (own.getLogger(event.getLoggerName()).getEffectiveLevel() != Level.OFF) { // as it is there, however much one asks of io.jobrelay
                    out.writeBytes(real.getEncoder().encode(event));
                }
            }
        };
        appender.setContext(root().getLoggerContext());
        appender.start();
        root().addAppender(appender);
        return appender;
    }

    @AfterEach
    void stop() {
        relay.close();
        api.close();
        sink.close();
        logs.forEach(root()::detachAppender);
        root().addAppender(console);
        root().setLevel(Level.WARN);
        root().getLoggerContext().getLogger("io.jobrelay").setLevel(null);
    }

    private static Logger root() {
        return (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    }

    @Test
    void a_whole_flow_with_marked_secrets_says_none_of_them() throws Exception {
        secrets.putAll(Map.of("client secret", StandInApi.CLIENT_SECRET, "JWT", StandInApi.JWT, "basic", BASIC, "admin key", KEY,
                "webhook secret", WEBHOOK_SECRET, "sink secret", SINK_SECRET.substring(6), "access token", TOKEN));
        secrets.putAll(Map.of("content URI", IN_CONTENT_URI, "query", IN_QUERY, "sink URL", IN_SINK_URL, "echo", IN_ECHO));
        relay.withApi(api.url()).with("relay.ringcentral.requests-per-minute", "1000").with("relay.admin.api-key", KEY)
                .with("relay.webhook.secret", WEBHOOK_SECRET).with("relay.sinks", "file,http,absent")
                .with("relay.sink.http.url", sink.url() + "?token=" + IN_SINK_URL).with("relay.sink.http.secret", SINK_SECRET)
                .with("relay.delivery.max-attempts", "4").with("relay.inbox.still-for", "0ms").start();
        String reference = "call https://x.example/a.mp3?access_token=" + IN_QUERY + "\nERROR forged";

        // the token: refused with an echo, revoked, then taken
        String echo = "{\"errorCode\":\"X\",\"message\":\"Bearer " + TOKEN + " secret=" + IN_ECHO + " " + StandInApi.JWT + " " + BASIC + "\"}";
        api.nextTokens(Reply.json(400, echo), Reply.json(200, "{\"access_token\":\"" + TOKEN + "\",\"expires_in\":3600}"));
        String first = submit(reference, "punctuate");
        until(() -> String.valueOf(relay.job(first).get("last_error")).contains("credentials"));
        look(first);
        relay.clock().advance(Duration.ofMinutes(2));
        relay.untilStatus(first, "InProgress");

        // submits and polls that fail in every way, each with an echo
        api.nextSubmits(Reply.json(503, echo), Reply.json(500, echo), Reply.drop(), Reply.json(400, "{\"errors\":[{\"errorCode\":\"CAI-101\"}]}"));
        List<String> jobs = new ArrayList<>(List.of(first));
        for (int i = 0; i < 4; i++) {
            String id = submit(reference, "punctuate");
            jobs.add(id);
            until(() -> relay.job(id).get("last_error") != null);
            look(id);
        }
        api.nextStatuses(Reply.json(500, echo), Reply.drop(), Reply.json(401, echo), Reply.json(404, echo));
        for (int i = 0; i < 4; i++) {
            int asked = api.statusRequests().size();
            ask("POST", "/jobs/" + first + "/poll");
            until(() -> api.statusRequests().size() > asked);
            until(() -> relay.job(first).get("claim") == null);
        }

        // the first three deliveries are refused, broken off and led elsewhere
        sink.next(Reply.json(500, echo), Reply.drop(), Reply.redirect(302, "http://127.0.0.1:1/?token=" + IN_ECHO));

        // callbacks of every kind, with credentials in the query and in the headers
        String url = relay.callbackUrl(first);
        secrets.put("callback signature", url.substring(url.lastIndexOf('.') + 1));
        callBack(url, "broken", 400);
        callBack(url + "?access_token=" + IN_QUERY, "{\"status\":\"Success\",\"jobId\":\"of another\"}", 200);
        callBack(url, "{\"status\":\"Success\",\"jobId\":\"of another\"}", 200);
        callBack(url, "{\"status\":\"Fail\"}", 200);
        callBack(url.substring(0, url.length() - 3) + "AAA", "{}", 400);
        callBack(relay.webhookUrl() + "/%zz?%zz", "{}", 400);
        callBack(relay.publicUrl() + "/no/such?access_token=" + IN_QUERY, "{}", 404);

        for (int i = 0; i < 3; i++) {
            int attempt = i + 1;
            until(() -> !relay.sql("SELECT attempts FROM relay_delivery WHERE job = ? AND sink = 'http' AND attempts >= " + attempt, first).isEmpty());
            look(first);
            relay.clock().advance(Duration.ofHours(2));
        }
        until(() -> "Delivered".equals(relay.sql("SELECT status FROM relay_delivery WHERE job = ? AND sink = 'http'", first).get(0).get("status")));
        for (String job : jobs.subList(1, jobs.size())) {
            ask("POST", "/jobs/" + job + "/cancel");
            ask("POST", "/jobs/" + job + "/resubmit");
        }

        // the inbox and its media
        Files.writeString(relay.inbox().resolve("bad.json"), "{\"api\":\"x y\",\"request\":{\"access_token\":\"" + IN_CONTENT_URI + "\"},\"unknown\":1}");
        Files.writeString(relay.inbox().resolve("worse.json"), "{\"access_token\":\"" + IN_CONTENT_URI + "\" oh");
        Files.writeString(relay.inbox().resolve("call.mp3"), "0123456789");
        until(() -> relay.count("SELECT COUNT(*) FROM relay_job WHERE media IS NOT NULL AND status = 'InProgress'") == 1);
        Map<String, Object> media = relay.sql("SELECT id, intake, media FROM relay_job WHERE media IS NOT NULL").get(0);
        String file = relay.bean("relay-media-url", MediaUrl.class).of(media);
        secrets.put("media signature", file.replaceAll(".*/media/[^.]*\\.([^/]*)/.*", "$1"));
        assertThat(Http.get(file + "?access_token=" + IN_QUERY).status()).isEqualTo(200);
        assertThat(Http.get(file.replace(".mp3", ".wav")).status()).isEqualTo(404);
        until(() -> Files.exists(relay.inbox().resolve(".rejected")) && Files.list(relay.inbox().resolve(".rejected")).count() == 4);
        look((String) media.get("id"));

        // the admin port: without the key, with a wrong one, with everything wrong
        for (String path : List.of("/jobs", "/jobs/" + first, "/openapi.json", "/audit", "/doctor", "/nope", "/observe/metrics", "/observe/health")) {
            for (String with : List.of("Bearer MARK-wrong-key", "Basic " + BASIC)) {
                said.put("401 " + path + with, Http.get(relay.adminUrl() + path + "?access_token=" + IN_QUERY, "Authorization", with).text());
            }
            raw("GET " + path + "?reference=%zz" + IN_QUERY);
            raw("GET " + path + "?limit=" + IN_QUERY + "&status=" + IN_QUERY);
            raw("GET " + path + "/%zz" + IN_QUERY);
        }
        for (String body : List.of("{\"api\":\"" + IN_QUERY + "\"}", "{\"api\":\"punctuate\",\"request\":\"" + IN_QUERY + "\"}", "\"" + IN_QUERY,
                "{\"jobId\":\"x\",\"metadata\":\"" + IN_QUERY + "\"}", "{\"api\":\"punctuate\",\"request\":{\"access_token\":" + IN_QUERY + "}}")) {
            said.put("problem of " + body.replace(IN_QUERY, ""), Http.post(relay.adminUrl() + "/jobs", body, AUTH).text());
        }
        secrets.put("wrong key", "MARK-wrong-key");

        // a database that is away
        try (RelayFixture.Pause away = relay.pauseDatabase()) {
            assertThat(Http.post(url, "{\"status\":\"Success\"}").status()).isEqualTo(503);
        }
        look(first);
        dumpDatabase();
        relay.stop();

        said.put("log as text", text.toString(StandardCharsets.UTF_8));
        said.put("log as JSON", json.toString(StandardCharsets.UTF_8));
        List<String> leaks = new ArrayList<>();
        said.forEach((where, what) -> secrets.forEach((name, secret) -> {
            if (what.contains(secret)) {
                leaks.add(name + " in " + where + ": " + around(what, secret));
            }
        }));
        assertThat(leaks).isEmpty();
        assertThat(said.get("log as text")).contains("reference=call https://x.example/a.mp3?***", " job=" + first, "Ended Success by webhook", "In doubt")
                .doesNotContainPattern("Z ERROR");
        assertThat(said.get("log as text").lines()).as("a reference begins no line").noneMatch(line -> line.startsWith("ERROR"));
        assertThat(said.get("log as JSON").lines()).anyMatch(line -> line.contains("\"job\":\"" + first + "\"") && line.contains("\"reference\":\"call https://"))
                .allMatch(line -> line.startsWith("{\"time\":") && line.endsWith("}"));
    }

    private String submit(String reference, String path) {
        Http.Answer answer = Http.post(relay.adminUrl() + "/jobs", "{\"api\":\"" + path + "\",\"reference\":\"" + reference.replace("\n", "\\n")
                + "\",\"request\":{\"contentUri\":\"https://media.example/a.mp3?access_token=" + IN_CONTENT_URI + "\"}}", AUTH);
        assertThat(answer.status()).as(answer.text()).isEqualTo(202);
        return AdminClient.json(answer).path("id").textValue();
    }

    private void callBack(String url, String body, int status) {
        String reply = Raw.post(relay.publicPort(), url.replaceFirst("http://[^/]+", ""), body, "Authorization: Bearer " + IN_QUERY);
        assertThat(reply).startsWith("HTTP/1.1 " + status);
        said.merge("public port", reply, String::concat);
    }

    private void ask(String method, String path) {
        Http.Answer answer = Http.send(method, relay.adminUrl() + path, method.equals("POST") ? new byte[0] : null, AUTH);
        said.merge(method + " " + path, withoutReference(answer.text()), String::concat);
        assertThat(answer.status()).as(path).isLessThan(500);
    }

    private void raw(String request) {
        String reply = Raw.send(relay.adminPort(), (request + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + AUTH[0] + ": " + AUTH[1]
                + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        said.put(request.replaceAll(IN_QUERY, ""), withoutReference(reply));
        assertThat(reply).matches("(?s)HTTP/1.1 (2|4|503).*");
    }

    /** Everything an operator can look at. */
    private void look(String job) throws Exception {
        for (String path : List.of("/observe/health", "/observe/health/ready", "/observe/metrics", "/overview", "/jobs", "/openapi.json", "/audit",
                "/jobs/" + job, "/jobs/" + job + "/timeline", "/jobs/" + job + "/outcome", "/jobs/" + job + "/result", "/doctor")) {
            said.merge("GET " + path, withoutReference(Http.get(relay.adminUrl() + path, AUTH).text()), String::concat);
        }
        try (Stream<Path> files = Files.walk(relay.folder())) {
            for (Path path : files.filter(Files::isRegularFile).toList()) {
                said.merge("names of files", path + "\n", String::concat);
                if (path.toString().endsWith(".txt") || path.startsWith(relay.results())) {
                    said.put(path.toString(), withoutReference(Files.readString(path)));
                }
            }
        }
    }

    /** A reference is handed back as it was given. */
    private static String withoutReference(String answer) {
        return answer.replaceAll("\"reference\":\"[^\"]*\"", "\"reference\":\"\"");
    }

    private void dumpDatabase() {
        String dump = String.join("\n", new JdbcTemplate(relay.bean("relay-data-source", DataSource.class)).queryForList("SCRIPT", String.class));
        assertThat(dump).contains(IN_CONTENT_URI); // what is kept is found, so this search can see
        for (String never : List.of("client secret", "JWT", "basic", "admin key", "sink secret", "webhook secret")) {
            String secret = secrets.get(never);
            assertThat(dump.contains(secret)).as("%s in the database: %s", never, around(dump, secret)).isFalse();
            assertThat(dump.toLowerCase(java.util.Locale.ROOT).contains(HexFormat.of().formatHex(secret.getBytes(StandardCharsets.UTF_8))))
                    .as(never + " in a column of bytes").isFalse();
        }
    }

    private static String around(String text, String secret) {
        int at = text.indexOf(secret);
        return at < 0 ? "" : text.substring(Math.max(0, at - 200), Math.min(text.length(), at + 100));
    }

    private static void until(java.util.concurrent.Callable<Boolean> condition) {
        RelayFixture.patiently().until(condition);
    }
}
