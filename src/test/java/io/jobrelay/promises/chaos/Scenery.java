package io.jobrelay.promises.chaos;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jobrelay.support.Http;
import io.jobrelay.support.RelayProcess;
import io.jobrelay.support.Sink;
import io.jobrelay.support.StandInApi;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ConditionTimeoutException;
import org.springframework.jdbc.core.JdbcTemplate;

/** What stands around relays that are not left in peace: an API, a sink, one public URL for all of them, people with jobs; and the reckoning. */
final class Scenery implements AutoCloseable {

    /** How long a start may take, and what is left to be done after the last fault. */
    static final Duration PATIENCE = Duration.ofSeconds(90);
    private final long began = System.nanoTime();
    private final long seed;
    private final Path folder;
    private final FaultyApi api;
    private final Sink sink = new Sink();
    private final List<RelayProcess> relays = new ArrayList<>();
    private final Distributor distributor;
    private Clients clients;
    private Reckoning reckoning;

    /**
     * @param seed of the run
     * @param folder that stays until the end
     */
    Scenery(long seed, Path folder) {
        this.seed = seed;
        this.folder = folder;
        this.api = new FaultyApi(seed);
        this.distributor = new Distributor(seed, relays);
    }

    /** @return the API */
    FaultyApi api() {
        return api;
    }

    /** @return the HTTP sink */
    Sink sink() {
        return sink;
    }

    /** @return what distributes callbacks to the relays */
    Distributor distributor() {
        return distributor;
    }

    /** @return the relays */
    List<RelayProcess> relays() {
        return relays;
    }

    /** @return the people who have jobs */
    Clients clients() {
        return clients;
    }

    /**
     * @param database URL; user and password are both {@code postgres}
     * @return keys of a relay here, with waits that suit a test
     */
    Map<String, String> keys(String database) {
        Map<String, String> keys = new LinkedHashMap<>();
        keys.put("relay.public-url", distributor.url());
        keys.put("relay.ringcentral.server-url", api.url());
        keys.put("relay.ringcentral.client-id", StandInApi.CLIENT_ID);
        keys.put("relay.ringcentral.client-secret", StandInApi.CLIENT_SECRET);
        keys.put("relay.ringcentral.jwt", StandInApi.JWT);
        keys.put("relay.ringcentral.requests-per-minute", "3000");
        keys.put("relay.db.url", database);
        keys.put("relay.db.username", "postgres");
        keys.put("relay.db.password", "postgres");
        keys.put("relay.sinks", "http,file");
        keys.put("relay.sink.http.url", sink.url());
        keys.put("relay.sink.http.timeout", "3s");
        keys.put("relay.sink.file.directory", folder.resolve("results").toString());
        keys.put("relay.inbox.directory", inbox().toString());
        keys.put("relay.inbox.still-for", "100ms");
        keys.put("relay.submit.in-doubt-wait", "3s");
        keys.put("relay.submit.retry-delay", "200ms");
        keys.put("relay.submit.max-delay", "1s");
        keys.put("relay.poll.initial-delay", "2s");
        keys.put("relay.poll.max-delay", "3s");
        keys.put("relay.poll.interval", "100ms");
        keys.put("relay.claim.lease", "3s");
        keys.put("relay.delivery.initial-delay", "200ms");
        keys.put("relay.delivery.max-delay", "1s");
        keys.put("relay.retention.interval", "1h");
        keys.put("relay.routes.reload", "true");
        return keys;
    }

    private Path inbox() {
        return folder.resolve("inbox");
    }

    /**
     * Starts two relays and returns when both are well.
     *
     * @param keys of both
     * @param gapMillis between two jobs of one of the people who have some
     */
    void start(Map<String, String> keys, int gapMillis) throws IOException {
        for (String name : List.of("a", "b")) {
            relays.add(new RelayProcess(folder.resolve(name)).with(keys));
        }
        relays.forEach(RelayProcess::startThatMayEnd);
        relays.forEach(relay -> relay.startUntilHealthy(PATIENCE));
        clients = new Clients(seed, relays, api, distributor.url() + "/webhook", Files.createDirectories(inbox()), gapMillis);
    }

    /**
     * Returns when the API has so many jobs in progress, which it ends when it is told to.
     *
     * @param database the relays', in which nothing is worth a flush until then: each submit is several commits
     * @param jobs how many
     */
    void hold(StoppablePostgres database, int jobs) throws InterruptedException {
        api.hold();
        database.setting("synchronous_commit", "off");
        clients.post(jobs);
        await().atMost(PATIENCE).until(api::held, held -> held >= jobs);
        await().atMost(PATIENCE).until(() -> database.sql().queryForList("SELECT id FROM relay_job WHERE status = 'Queued'"), List::isEmpty);
        database.setting("synchronous_commit", "on");
    }

    /**
     * Returns when nothing is left to be done, or a while after the last fault.
     *
     * @param sql of the relays' database
     * @return what is wrong; nothing when all is well
     */
    List<String> reckon(JdbcTemplate sql) throws IOException {
        List<String> wrong = new ArrayList<>();
        try {
            await().atMost(PATIENCE).pollInterval(Duration.ofMillis(200)).until(() -> api.quiet()
                    && clients.dropped().size() == Reckoning.files(inbox().resolve(".done")).size() && sql.queryForObject("SELECT"
                    + " (SELECT COUNT(*) FROM relay_job WHERE ended_at IS NULL) + (SELECT COUNT(*) FROM relay_callback WHERE verdict = 'New')"
                    + " + (SELECT COUNT(*) FROM relay_delivery WHERE status = 'Pending')", Long.class) == 0);
        } catch (ConditionTimeoutException e) {
            wrong.add("not finished " + PATIENCE.toSeconds() + " s after the last fault");
        }
        reckoning = new Reckoning(sql, api, clients);
        wrong.addAll(reckoning.of(sink.requests(), folder.resolve("results"), inbox()));
        for (RelayProcess relay : relays) {
            JsonNode audit = new ObjectMapper().readTree(Http.get(relay.adminUrl() + "/audit").bytes());
            if (!audit.path("ok").asBoolean()) {
                wrong.add("the audit of " + relay.log().getParent().getFileName() + " says " + audit);
            }
        }
        return wrong;
    }

    /** @return what was seen, in a few words, once there was a reckoning */
    String summary() {
        return TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began) + " s, " + reckoning.jobs() + " jobs, "
                + api.api().submits().size() + " submits, " + api.api().statusRequests().size() + " polls, " + api.faults() + " faults of the API, "
                + api.callbacks().size() + " callbacks, " + distributor.dropped() + " answers lost, " + reckoning.repeats() + " repeats at the sink";
    }

    /** For a look at them: {@code -Dchaos.logs=folder}. */
    private void keepLogs() {
        String logs = System.getProperty("chaos.logs");
        if (logs == null) {
            return;
        }
        try {
            Files.createDirectories(Path.of(logs));
            for (RelayProcess relay : relays) {
                Files.copy(relay.log(), Path.of(logs, seed + "-" + relay.log().getParent().getFileName() + ".log"),
                        StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        relays.forEach(RelayProcess::close);
        keepLogs();
        distributor.close();
        sink.close();
        api.close();
    }
}
