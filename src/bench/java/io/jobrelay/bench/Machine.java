package io.jobrelay.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.camel.impl.DefaultCamelContext;
import org.h2.engine.Constants;

/** What the figures were measured on. Nothing of it names the machine. */
final class Machine {

    private Machine() {
    }

    /**
     * @param folder with the data of the runs
     * @param postgres the server's version, or null where none has run
     * @return facts, one a line
     */
    static List<String> facts(Path folder, String postgres) throws IOException {
        return List.of(
                "measured on " + LocalDate.now(ZoneOffset.UTC) + ", commit " + commit(),
                first("/proc/cpuinfo", "model name") + ", " + Runtime.getRuntime().availableProcessors() + " processors for a JVM, "
                        + memory() + " memory, " + System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                        + System.getProperty("os.arch"),
                "Java " + System.getProperty("java.runtime.version") + " (" + System.getProperty("java.vm.name") + "), Camel "
                        + camel() + ", H2 " + Constants.VERSION + (postgres == null ? "" : ", PostgreSQL " + postgres + ", fsync on"),
                "data on " + Files.getFileStore(folder).type() + ", where writing and flushing a file of 2 kB takes "
                        + Row.value(1000 / PlainFiles.perSecond(folder.resolve("flush"), 200), "ms"));
    }

    /** How all processors together were used, in ticks of the system's clock: {@code busy}, {@code idle} because of the disk, and in {@code all}. */
    record Processors(double busy, double disk, double all) {

        Processors since(Processors before) {
            return new Processors(busy - before.busy, disk - before.disk, all - before.all);
        }

        /** @return the share that was used */
        double used() {
            return busy / all;
        }

        /** @return the share that had nothing to do but wait for the disk */
        double waiting() {
            return disk / all;
        }
    }

    /** @return since the machine was started */
    static Processors processors() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/stat"))) {
            long[] ticks = Stream.of(lines.findFirst().orElseThrow().split(" +")).skip(1).limit(8).mapToLong(Long::parseLong).toArray();
            long all = LongStream.of(ticks).sum();
            return new Processors(all - ticks[3] - ticks[4], ticks[4], all);
        }
    }

    private static String camel() throws IOException {
        try (DefaultCamelContext context = new DefaultCamelContext()) {
            return context.getVersion();
        }
    }

    private static String memory() {
        return String.format(Locale.ROOT, "%.1f GiB", Long.parseLong(first("/proc/meminfo", "MemTotal").replaceAll("\\D", "")) / 1024.0 / 1024);
    }

    private static String first(String file, String name) {
        try (Stream<String> lines = Files.lines(Path.of(file))) {
            return lines.filter(line -> line.startsWith(name)).map(line -> line.substring(line.indexOf(':') + 1).trim()).findFirst().orElse("?");
        } catch (IOException e) {
            return "?";
        }
    }

    private static String commit() throws IOException {
        String hash = git("rev-parse", "--short", "HEAD");
        return hash.isEmpty() ? "unknown" : hash + (git("status", "--porcelain").isEmpty() ? "" : " with changes");
    }

    private static String git(String... arguments) throws IOException {
        Process process = new ProcessBuilder(Stream.concat(Stream.of("git"), Stream.of(arguments)).toList())
                .redirectError(ProcessBuilder.Redirect.DISCARD).start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).trim();
    }
}
