package io.jobrelay.bench;

import io.jobrelay.support.RelayFixture;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** An application that is measured: the relay, or a yardstick. Its folder holds all it writes, and its log. */
final class App implements AutoCloseable {

    private static final byte[] PROBE = "POST /webhook HTTP/1.1\r\nHost: 127.0.0.1\r\nValidation-Token: t\r\nContent-Length: 0\r\n\r\n"
            .getBytes(StandardCharsets.US_ASCII);
    /** The distribution that is measured. */
    static final Path HOME = Path.of(System.getProperty("bench.home")).toAbsolutePath();
    private static final long PATIENCE_SECONDS = 120;
    final int port;
    final int adminPort;
    final Path folder;
    /** From the start of the process to the first answer. */
    final double secondsToAnswer;
    private final Process process;
    /** CPU seconds of each thread that has been seen to compile: with more processors some of them come and go. */
    private final Map<Path, Double> compilers = new HashMap<>();

    private App(Path folder, int[] ports, List<String> command, String javaOptions) {
        this.folder = folder;
        this.port = ports[0];
        this.adminPort = ports[1];
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("log.txt").toFile()));
        Map<String, String> environment = builder.environment();
        environment.keySet().removeIf(name -> name.startsWith("RELAY_") || name.startsWith("RC_") || name.startsWith("CAMEL_"));
        environment.put("JAVA_HOME", System.getProperty("java.home"));
        environment.put("JAVA_OPTS", javaOptions);
        long began = System.nanoTime();
        process = Processes.start(builder);
        awaitAnswer();
        secondsToAnswer = (System.nanoTime() - began) / 1e9;
    }

    /**
     * @param folder where it runs
     * @param keys that it gets besides its ports and the secret; with no account among them it calls no API but its sandbox
     * @param javaOptions with blanks between; none is what an installed relay has
     * @return a relay as it is installed, from {@code bin/relay} of the distribution, answering
     */
    static App relay(Path folder, Map<String, String> keys, String... javaOptions) {
        return relay(HOME, folder, keys, javaOptions);
    }

    /** As the other, of the distribution in {@code home}. */
    static App relay(Path home, Path folder, Map<String, String> keys, String... javaOptions) {
        int[] ports = RelayFixture.freePorts();
        List<String> command = new ArrayList<>(List.of(home.resolve("bin/relay").toString()));
        command.add("-Dcamel.server.port=" + ports[0]);
        command.add("-Drelay.admin.port=" + ports[1]);
        command.add("-Drelay.webhook.secret=" + Jobs.SECRET);
        keys.forEach((key, value) -> command.add("-D" + key + "=" + value));
        return new App(folder, ports, command, String.join(" ", javaOptions));
    }

    /** @return an empty application of camel-main, answering */
    static App empty(Path folder, String... javaOptions) {
        return yardstick(folder, List.of(javaOptions));
    }

    /** @return an application that stores the plain way in the database of that URL, answering */
    static App plain(Path folder, String url, String... javaOptions) {
        return yardstick(folder, List.of(javaOptions), url);
    }

    private static App yardstick(Path folder, List<String> javaOptions, String... url) {
        int[] ports = RelayFixture.freePorts();
        List<String> arguments = new ArrayList<>(List.of(String.valueOf(ports[0])));
        arguments.addAll(List.of(url));
        return new App(folder, ports, Processes.java(javaOptions, Yardstick.class, arguments.toArray(String[]::new)), "");
    }

    private void awaitAnswer() {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (System.nanoTime() < end && process.isAlive()) {
            try (Wire wire = new Wire(port)) {
                if (wire.send(PROBE) == 200) {
                    return;
                }
            } catch (IOException e) {
                Pause.millis(5); // not yet
            }
        }
        Processes.stop(process);
        throw new IllegalStateException("An application did not start: " + lastLineOfLog());
    }

    private String lastLineOfLog() {
        List<String> lines = log();
        return lines.isEmpty() ? "it wrote no log" : lines.get(lines.size() - 1);
    }

    private List<String> log() {
        try (Stream<String> lines = Files.lines(folder.resolve("log.txt"))) {
            return lines.toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @return the lines of its log that warn or tell an error */
    List<String> complaints() {
        return log().stream().filter(line -> line.contains("ERROR") || line.contains("WARN")).toList();
    }

    /** @return the options it was given that shape its Java, for a yardstick beside it: all but its archive of classes */
    String[] javaOptions() {
        return Stream.of(process.info().arguments().orElse(new String[0])).filter(option -> option.startsWith("-X"))
                .filter(option -> !option.contains("relay.jsa") && !option.startsWith("-Xlog")).toArray(String[]::new);
    }

    /** @return CPU seconds it has used so far */
    double cpuSeconds() {
        return process.info().totalCpuDuration().orElseThrow().toNanos() / 1e9;
    }

    /** @return CPU seconds that the compilers of its JVM have used so far */
    double compilerSeconds() {
        try (Stream<Path> threads = Files.list(Path.of("/proc/" + process.pid() + "/task"))) {
            threads.forEach(thread -> compilers.merge(thread, compilerSeconds(thread), Math::max));
            return compilers.values().stream().mapToDouble(Double::doubleValue).sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static double compilerSeconds(Path thread) {
        try {
            String stat = Files.readString(thread.resolve("stat")); // number (name) state ...
            if (!stat.contains("(C1 Compiler") && !stat.contains("(C2 Compiler")) {
                return 0;
            }
            String[] f = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return (Long.parseLong(f[11]) + Long.parseLong(f[12])) / 100.0; // user and system, in hundredths
        } catch (IOException e) {
            return 0; // a thread that has ended
        }
    }

    /** @return its resident memory in MiB */
    double residentMiB() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/" + process.pid() + "/status"))) {
            return lines.filter(line -> line.startsWith("VmRSS:")).mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst().orElseThrow() / 1024.0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    long pid() {
        return process.pid();
    }

    /** @return where the file sink writes */
    Path results() {
        return folder.resolve("results");
    }

    /** @return how many whole files the file sink has written */
    int resultCount() {
        String[] names = results().toFile().list((dir, name) -> !name.startsWith("."));
        return names == null ? 0 : names.length;
    }

    /** Waits for that many result files, and says so when for half a minute none was added. */
    void awaitResults(int count) {
        int seen = -1;
        long since = System.nanoTime();
        for (int n = resultCount(); n < count; n = resultCount()) {
            if (n != seen) {
                seen = n;
                since = System.nanoTime();
            } else if (System.nanoTime() - since > TimeUnit.SECONDS.toNanos(30)) {
                throw new IllegalStateException("Only " + n + " of " + count + " results have arrived at the file sink");
            }
            Pause.millis(count < 500 ? 20 : 100); // looking costs processor time too
        }
    }

    /** Deletes the result files, so that the next ones are counted quickly, and flushes that, or the next one who flushes anything waits for it. */
    void clearResults() {
        String[] names = results().toFile().list();
        for (String name : names == null ? new String[0] : names) {
            results().resolve(name).toFile().delete();
        }
        try (FileChannel folder = FileChannel.open(results())) {
            folder.force(true);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Stops it as a signal does, and waits. */
    @Override
    public void close() {
        Processes.stop(process);
    }
}
