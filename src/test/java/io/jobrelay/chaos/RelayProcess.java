package io.jobrelay.chaos;

import io.jobrelay.Http;
import io.jobrelay.RelayFixture;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A real relay in a process of its own, with a folder and two ports that stay the same however often it dies. */
final class RelayProcess implements AutoCloseable {

    private final Path folder;
    private final int publicPort = RelayFixture.freePorts()[0];
    private final int adminPort = RelayFixture.freePorts()[0];
    private final Map<String, String> keys = new LinkedHashMap<>();
    private final Thread last = new Thread(this::kill, "kill-relay");
    private volatile Process process;

    /**
     * @param folder of the process, made where it is missing
     * @param keys of {@code application.properties}
     */
    RelayProcess(Path folder, Map<String, String> keys) {
        this.folder = folder;
        Runtime.getRuntime().addShutdownHook(last);
        this.keys.putAll(Map.of("camel.server.host", "127.0.0.1", "camel.server.port", String.valueOf(publicPort),
                "relay.admin.port", String.valueOf(adminPort)));
        this.keys.putAll(keys);
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts it and returns at once; does nothing while it runs. */
    synchronized void start() {
        if (alive()) {
            return;
        }
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"));
        keys.forEach((key, value) -> command.add("-D" + key + "=" + value));
        command.addAll(List.of("-cp", classPath(), "io.jobrelay.RelayApplication"));
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
        builder.environment().keySet().removeIf(name -> name.startsWith("RELAY_") || name.startsWith("RC_") || name.startsWith("CAMEL_"));
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The program and its libraries, without the tests and their logging. */
    private static String classPath() {
        String all = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return String.join(File.pathSeparator, Arrays.stream(all.split(File.pathSeparator)).filter(e -> !e.endsWith("test-classes")).toList());
    }

    /** {@code kill -9}: nothing of it runs any more when this returns. */
    void kill() {
        end(Process::destroyForcibly);
    }

    /** Lets it stand still until {@link #thaw}: its connections stay, its claims run out. */
    void freeze() {
        signal("-STOP");
    }

    /** Lets it go on in the middle of what it did. */
    void thaw() {
        signal("-CONT");
    }

    private synchronized void signal(String signal) {
        if (alive()) {
            try {
                new ProcessBuilder("kill", signal, String.valueOf(process.pid())).start().waitFor();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** {@code SIGTERM}, and the time it takes. */
    void terminate() {
        end(p -> {
            p.destroy();
            return p;
        });
    }

    private synchronized void end(java.util.function.UnaryOperator<Process> how) {
        if (process == null) {
            return;
        }
        try {
            if (!how.apply(process).waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
                throw new IllegalStateException("The relay did not stop within 30 s of a SIGTERM; its log: " + log());
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    /** @return whether its process runs */
    boolean alive() {
        return process != null && process.isAlive();
    }

    /** @return whether it says that it is well */
    boolean healthy() {
        try {
            return alive() && Http.get(adminUrl() + "/observe/health").status() == 200;
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    /**
     * Starts it again as often as it gives up, until it is well.
     *
     * @param patience after which this fails
     */
    void startAndWait(Duration patience) {
        long end = System.nanoTime() + patience.toNanos();
        while (!healthy()) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("The relay is not well; its log: " + log());
            }
            start();
            try {
                TimeUnit.MILLISECONDS.sleep(100);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }
    }

    /** @return the public port's URL, without a trailing slash */
    String publicUrl() {
        return "http://127.0.0.1:" + publicPort;
    }

    /** @return the admin port's URL, without a trailing slash */
    String adminUrl() {
        return "http://127.0.0.1:" + adminPort;
    }

    /** @return all it ever wrote to its output */
    Path log() {
        return folder.resolve("relay.log");
    }

    /** @return of the process that runs, or was the last to */
    long pid() {
        return process.pid();
    }

    @Override
    public void close() {
        kill();
        try {
            Runtime.getRuntime().removeShutdownHook(last);
        } catch (IllegalStateException e) {
            // which is at work already
        }
    }
}
