package io.jobrelay.bench;

import io.jobrelay.support.RelayFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Measures the relay beside yardsticks in the same run, and prints one Markdown table. {@code -Dbench=claims,start} runs those parts alone,
 * {@code -Dbench.database=h2} what concerns that database, and {@code -Dbench.scale=0.1} shortens everything for a try.
 * {@code -Dbench=against -Dbench.against=<target/ai-job-relay of another build>} measures both builds in turns.
 */
public final class Bench {

    private static final List<Part> DEFAULT = List.of(new Callbacks(), new Alone(), new Cpu(), new Storm(), new Latency(), new ForwardLatency(),
            new Claims(), new Backlog(), new HttpSinkRate(), new Large(), new Memory(), new Cold(), new Start(), new Size(), new Passes());
    private static final List<Part> ON_DEMAND = List.of(new Growth(), new Against());

    private Bench() {
    }

    /**
     * Writes {@code result.md} into the folder {@code bench.folder}. Ends with status 1 when a part failed; a goal that is not met is no failure.
     *
     * @param args none
     * @throws IOException when the result cannot be written
     */
    public static void main(String[] args) throws IOException {
        Path folder = Path.of(System.getProperty("bench.folder"));
        Path data = folder.resolve("data");
        RelayFixture.delete(data); // of a run that was killed
        // below data: PostgreSQL unpacks itself there and keeps its files there
        Files.createDirectories(Path.of(System.getProperty("java.io.tmpdir")));
        Report report = new Report();
        String only = System.getProperty("bench.database", "");
        List<Kind> kinds = Arrays.stream(Kind.values()).filter(kind -> only.isEmpty() || only.equalsIgnoreCase(kind.toString())).toList();
        try (Session session = new Session(data, kinds, report)) {
            List<Part> parts = chosen(System.getProperty("bench", ""));
            for (Kind kind : kinds) {
                parts.stream().filter(part -> part.kinds().contains(kind)).forEach(part -> measure(part, session, kind, report));
            }
            session.closeTrio();
            if (Scale.shortened()) {
                report.note("everything was shortened: these figures are those of a try");
            }
            String result = report.markdown(Machine.facts(data, session.postgresVersion()));
            Files.writeString(folder.resolve("result.md"), result);
            System.out.println(result);
        } finally {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> clear(data)));
        }
        System.exit(report.failed() ? 1 : 0);
    }

    /** PostgreSQL stops at the end of this process too, and then removes its files itself: the rest only after that. */
    private static void clear(Path data) {
        Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
        for (int i = 0; i < 200 && has(temporary, "epg"); i++) {
            Pause.millis(100);
        }
        RelayFixture.delete(data);
    }

    private static boolean has(Path folder, String prefix) {
        String[] found = folder.toFile().list((dir, name) -> name.startsWith(prefix));
        return found != null && found.length > 0;
    }

    /** @return the parts named, those that share the warm applications first */
    private static List<Part> chosen(String names) {
        if (names.isBlank()) {
            return DEFAULT;
        }
        List<String> wanted = Arrays.stream(names.split(",")).map(String::trim).toList();
        List<Part> all = new ArrayList<>(DEFAULT);
        all.addAll(ON_DEMAND);
        List<String> known = all.stream().map(Part::name).toList();
        if (!known.containsAll(wanted)) {
            throw new IllegalArgumentException("-Dbench= takes " + String.join(", ", known) + ", with commas between; it was " + names);
        }
        return all.stream().filter(part -> wanted.contains(part.name())).sorted(Comparator.comparing(part -> !part.needsTrio())).toList();
    }

    private static void measure(Part part, Session session, Kind kind, Report report) {
        long began = System.nanoTime();
        try {
            if (!part.needsTrio()) {
                session.closeTrio();
            }
            part.measure(session, kind, report);
        } catch (Exception e) {
            report.fail(part.name() + ", " + kind, e.getMessage() == null ? e.toString() : e.getMessage());
        }
        System.err.printf("%s, %s: %.0f s%n", part.name(), kind, (System.nanoTime() - began) / 1e9);
    }
}
