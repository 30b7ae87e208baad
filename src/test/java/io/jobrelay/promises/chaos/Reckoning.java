package io.jobrelay.promises.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jobrelay.support.Received;
import io.jobrelay.support.StandInApi.Job;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.jdbc.core.JdbcTemplate;

/** Compares what the relays' database says with what the API, the clients and the sinks saw; each sentence of its answer is a loss. */
final class Reckoning {

    /** The bound of {@code routes/upkeep/callback-purge-inspected.sql}. */
    private static final int KEPT_FOR_INSPECTION = 1_000;
    private static final ObjectMapper JSON = new ObjectMapper();
    private final List<String> wrong = new ArrayList<>();
    private final JdbcTemplate sql;
    private final FaultyApi api;
    private final Clients clients;
    private final Map<String, Map<String, Object>> jobs = new HashMap<>();
    private final Map<String, Integer> numbers = new HashMap<>();
    private final Map<String, String> outcomes = new HashMap<>();
    private int repeats;

    /**
     * @param sql of the relays' database
     * @param api with its books
     * @param clients with theirs
     */
    Reckoning(JdbcTemplate sql, FaultyApi api, Clients clients) {
        this.sql = sql;
        this.api = api;
        this.clients = clients;
        for (Map<String, Object> job : sql.queryForList("SELECT * FROM relay_job")) {
            jobs.put((String) job.get("id"), job);
            numbers.put((String) job.get("id"), Integer.valueOf(((String) job.get("reference")).replace("call-", "")));
        }
    }

    /**
     * @param requests of the HTTP sink
     * @param results folder of the file sink
     * @param inbox the relays' common one
     * @return what is wrong; nothing when all is well
     */
    List<String> of(List<Received> requests, Path results, Path inbox) throws IOException {
        wrong.addAll(clients.oddities());
        acceptedJobsExist();
        theLawHolds();
        everyOutcomeArrived(requests, results);
        outcomes.forEach(this::outcomeIsRight);
        everyCallbackIsExplained();
        everySubmitWasMarked();
        everyFileIsDone(inbox);
        return wrong;
    }

    private void everyFileIsDone(Path inbox) throws IOException {
        clients.dropped().stream().filter(number -> !numbers.containsValue(number)).forEach(number -> wrong.add("no job of the file call-" + number));
        List<String> done = files(inbox.resolve(".done"));
        List<String> dropped = clients.dropped().stream().map(number -> "call-" + number + ".json").sorted().toList();
        if (!done.stream().sorted().toList().equals(dropped)) {
            wrong.add("into the inbox went " + dropped + ", done are " + done);
        }
        for (String rest : List.of("", ".open", ".rejected")) {
            if (!files(inbox.resolve(rest)).isEmpty()) {
                wrong.add("left in inbox/" + rest + ": " + files(inbox.resolve(rest)));
            }
        }
    }

    /**
     * @param folder that may be missing
     * @return names of the files in it and in folders below that are not hidden
     */
    static List<String> files(Path folder) {
        List<String> names = new ArrayList<>();
        try (Stream<Path> all = Files.exists(folder) ? Files.list(folder) : Stream.empty()) {
            for (Path file : all.toList()) {
                String name = file.getFileName().toString();
                if (Files.isDirectory(file)) {
                    names.addAll(name.startsWith(".") ? List.of() : files(file));
                } else {
                    names.add(name);
                }
            }
        } catch (java.nio.file.NoSuchFileException e) {
            // moved on meanwhile
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return names;
    }

    /** @return how often an outcome came again */
    int repeats() {
        return repeats;
    }

    /** @return number of jobs in the database */
    int jobs() {
        return jobs.size();
    }

    private void acceptedJobsExist() {
        clients.accepted().forEach((number, id) -> {
            if (!number.equals(numbers.get(id))) {
                wrong.add("job " + number + " was answered 202 as " + id + " and is " + (jobs.containsKey(id) ? "another" : "gone"));
            }
        });
        if (new HashSet<>(numbers.values()).size() != jobs.size()) {
            wrong.add("some job was made twice: " + numbers.values().stream().collect(Collectors.groupingBy(n -> n, Collectors.counting()))
                    .entrySet().stream().filter(e -> e.getValue() > 1).toList());
        }
    }

    /** The same facts as {@code GET /audit}, by statements of this test's own. */
    private void theLawHolds() {
        none("open jobs", "SELECT id FROM relay_job WHERE ended_at IS NULL");
        none("callbacks not settled", "SELECT id FROM relay_callback WHERE verdict = 'New'");
        none("ended jobs without the callback that ended them", "SELECT j.id FROM relay_job j WHERE NOT EXISTS"
                + " (SELECT 1 FROM relay_callback c WHERE c.id = j.callback_id AND c.job = j.id AND c.verdict = 'Settled')");
        none("settled callbacks that ended no job", "SELECT c.id FROM relay_callback c WHERE c.verdict = 'Settled' AND NOT EXISTS"
                + " (SELECT 1 FROM relay_job j WHERE j.callback_id = c.id)");
        none("callbacks of no job", "SELECT id FROM relay_callback WHERE verdict = 'Unknown'");
        none("jobs without their two deliveries", "SELECT j.id FROM relay_job j WHERE"
                + " (SELECT COUNT(*) FROM relay_delivery d WHERE d.job = j.id AND d.status = 'Delivered') <> 2");
        none("claims on what has ended", "SELECT id FROM relay_job WHERE next_submit_at IS NOT NULL OR next_poll_at IS NOT NULL");
        none("jobIds that do not find their job", "SELECT j.id FROM relay_job j WHERE j.job_id IS NOT NULL AND NOT EXISTS"
                + " (SELECT 1 FROM relay_job_id k WHERE k.job_id = j.job_id AND k.job = j.id)");
        for (Map<String, Object> known : sql.queryForList("SELECT job_id, job FROM relay_job_id")) {
            Job job = api.api().job((String) known.get("job_id"));
            if (job == null || FaultyApi.number(job.submit()) != numbers.get((String) known.get("job"))) {
                wrong.add("jobId " + known.get("job_id") + " leads to the wrong job " + known.get("job"));
            }
        }
    }

    private void none(String what, String query) {
        List<Object> found = sql.queryForList(query, Object.class);
        if (!found.isEmpty()) {
            wrong.add(found.size() + " " + what + ": " + found.stream().limit(5).map(id -> id + " " + detail(id)).toList());
        }
    }

    private String detail(Object id) {
        Map<String, Object> job = jobs.get(String.valueOf(id));
        return job == null ? "" : job.get("reference") + " " + job.get("status") + " via " + job.get("received_via") + ", " + job.get("last_error");
    }

    private void everyOutcomeArrived(List<Received> requests, Path results) throws IOException {
        for (Received request : requests) {
            String id = request.header("webhook-id");
            String before = outcomes.putIfAbsent(id, request.text());
            if (before != null) {
                repeats++;
                if (!before.equals(request.text())) {
                    wrong.add("a repeat of " + id + " differs: " + before + " / " + request.text());
                }
            }
        }
        outcomes.keySet().stream().filter(id -> !jobs.containsKey(id)).forEach(id -> wrong.add("an outcome of the unknown job " + id));
        jobs.keySet().stream().filter(id -> !outcomes.containsKey(id)).forEach(id -> wrong.add("no outcome of " + id + " " + detail(id)));
        Set<String> files = new HashSet<>();
        try (Stream<Path> all = Files.list(results)) {
            for (Path file : all.filter(f -> !f.getFileName().toString().startsWith(".")).toList()) {
                String text = Files.readString(file);
                String id = text.isEmpty() ? "" : JSON.readTree(text).path("relay").path("id").asText();
                files.add(id);
                if (!text.equals(outcomes.get(id))) {
                    wrong.add("the file " + file.getFileName() + " differs from what was posted: " + text);
                }
            }
        }
        jobs.keySet().stream().filter(id -> !files.contains(id)).forEach(id -> wrong.add("no file of " + id + " " + detail(id)));
    }

    private void outcomeIsRight(String id, String text) {
        if (!jobs.containsKey(id)) {
            return;
        }
        JsonNode outcome;
        try {
            outcome = JSON.readTree(text);
        } catch (IOException e) {
            wrong.add("the outcome of " + id + " is no JSON: " + text);
            return;
        }
        int number = numbers.get(id);
        String status = outcome.path("status").asText();
        boolean right = outcome.path("relay").path("id").asText().equals(id) && outcome.path("relay").path("reference").asText().equals("call-" + number)
                && status.equals(jobs.get(id).get("status"));
        if (status.equals("Cancelled")) {
            right &= clients.cancelled().contains(number);
        } else {
            String jobId = outcome.path("response").path("of").asText();
            Job job = api.api().job(jobId);
            right &= job != null && FaultyApi.number(job.submit()) == number && outcome.path("response").path("number").asInt() == number
                    && api.results(jobId).contains(withoutRelay(text));
            right &= !outcome.has("jobId") || jobId.equals(jobs.get(id).get("job_id"));
        }
        if (!right) {
            wrong.add("the outcome of job " + number + " (" + detail(id) + ") is not its own: " + text);
        }
    }

    private static String withoutRelay(String outcome) {
        return outcome.substring(0, outcome.lastIndexOf(",\"relay\":{")) + "}";
    }

    private void everyCallbackIsExplained() {
        Map<String, Integer> rows = new HashMap<>();
        sql.queryForList("SELECT job, body_sha256 FROM relay_callback WHERE via = 'webhook'")
                .forEach(row -> rows.merge(row.get("job") + " " + row.get("body_sha256"), 1, Integer::sum));
        Map<Integer, String> ids = new HashMap<>();
        numbers.forEach((id, number) -> ids.put(number, id));
        Map<String, Integer> answered = new HashMap<>();
        for (FaultyApi.Callback callback : api.callbacks()) {
            boolean caller = callback.answer() >= 400 && callback.answer() < 500;
            if (callback.answer() != 200 && callback.answer() != 0 && callback.answer() < 500 && !(caller && !callback.sound())) {
                wrong.add("a sound callback of job " + callback.number() + " was answered " + callback.answer());
            }
            if (callback.signed() && callback.answer() == 200) {
                answered.merge(ids.get(callback.number()) + " " + callback.sha256(), 1, Integer::sum);
            }
        }
        if (sql.queryForList("SELECT id FROM relay_callback WHERE verdict <> 'Settled'").size() >= KEPT_FOR_INSPECTION) {
            return; // of repeats and the like the newest thousand stay: what each answer has left cannot be counted any more
        }
        answered.forEach((callback, times) -> {
            if (rows.getOrDefault(callback, 0) < times) {
                wrong.add("of callback " + callback + ", answered 200 " + times + " times, the database holds " + rows.getOrDefault(callback, 0));
            }
        });
    }

    /** A submit that reached the API without having been marked on disk first would be sent twice unawares. */
    private void everySubmitWasMarked() {
        Map<Integer, Long> sent = api.api().submits().stream().filter(r -> r.header("X-Elsewhere") == null)
                .collect(Collectors.groupingBy(FaultyApi::number, Collectors.counting()));
        numbers.forEach((id, number) -> {
            int attempts = (int) jobs.get(id).get("attempts");
            if (attempts < sent.getOrDefault(number, 0L)) {
                wrong.add("job " + number + " was sent " + sent.get(number) + " times and counts " + attempts);
            }
        });
    }
}
