package io.jobrelay.support;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A relay as a process of its own, so that it can be killed as a process is killed; its folder and its two ports outlive it. */
public final class RelayProcess implements AutoCloseable {

    private final Path folder;
    private final Map<String, String> keys = new LinkedHashMap<>();
    private final int publicPort;
    private final int adminPort;
    private final List<Path> classes = new ArrayList<>();
    private final Thread last = new Thread(this::kill, "kill-relay");
    private Path home = RelayProgram.home();
    private int openFiles;
    private String heap = "256m";
    private volatile Process process;

    /** @param folder that it runs in, made where it is missing: inbox, results, data and the log {@code relay.log} */
    public RelayProcess(Path folder) {
        this.folder = folder;
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Runtime.getRuntime().addShutdownHook(last);
        int[] ports = RelayFixture.freePorts();
        publicPort = ports[0];
        adminPort = ports[1];
        with("camel.server.host", "127.0.0.1").with("camel.server.port", String.valueOf(publicPort));
        with("relay.admin.port", String.valueOf(adminPort)).with("relay.public-url", "http://127.0.0.1:" + publicPort);
        with("relay.poll.interval", "200ms").with("relay.routes.reload", "false");
    }

    /**
     * @param key of {@code application.properties}, or of Camel
     * @param value that it has instead
     * @return this
     */
    public RelayProcess with(String key, String value) {
        keys.put(key, value);
        return this;
    }

    /**
     * @param more keys and their values
     * @return this
     */
    public RelayProcess with(Map<String, String> more) {
        keys.putAll(more);
        return this;
    }

    /**
     * @param installation the folder that holds the relay's own {@code routes/}, instead of this project's
     * @return this
     */
    public RelayProcess withHome(Path installation) {
        home = installation;
        return this;
    }

    /**
     * @param most files and connections it may have open at once
     * @return this
     */
    public RelayProcess withOpenFiles(int most) {
        openFiles = most;
        return this;
    }

    /**
     * @param most of Java's heap, such as {@code 128m}
     * @return this
     */
    public RelayProcess withHeap(String most) {
        heap = most;
        return this;
    }

    /** @return this, with the classes of the tests, which a route of the test names */
    public RelayProcess withTestClasses() {
        classes.add(Path.of(RelayProcess.class.getProtectionDomain().getCodeSource().getLocation().getPath()));
        return this;
    }

    /**
     * Starts it and returns when it answers.
     *
     * @return this, running
     */
    public RelayProcess start() {
        startThatMayEnd();
        RelayFixture.patiently().atMost(Duration.ofMinutes(2)).until(this::answers);
        return this;
    }

    /** Starts it and returns at once: it may come to its end before anybody is answered. Does nothing while it runs. */
    public synchronized void startThatMayEnd() {
        if (isAlive()) {
            return;
        }
        List<String> options = new ArrayList<>(List.of("-Xmx" + heap, "-Djobrelay.home=" + home));
        keys.forEach((key, value) -> options.add("-D" + key + "=" + value));
        List<String> limits = openFiles > 0 ? List.of("sh", "-c", "ulimit -n " + openFiles + "; exec \"$@\"", "sh") : List.of();
        ProcessBuilder builder = RelayProgram.in(folder, limits, options, List.of(), classes).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @return whether it runs */
    public boolean isAlive() {
        return process != null && process.isAlive();
    }

    /** @return whether it says that it is well */
    public boolean isHealthy() {
        try {
            return isAlive() && Http.get(adminUrl() + "/observe/health").status() == 200;
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    /**
     * Starts it again as often as it gives up, until it is well.
     *
     * @param patience after which this fails
     */
    public void startUntilHealthy(Duration patience) {
        await().atMost(patience).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(100)).until(() -> {
            startThatMayEnd();
            return isHealthy();
        });
    }

    private boolean answers() {
        if (!process.isAlive()) {
            throw new IllegalStateException("The relay did not start: " + output());
        }
        try {
            return Http.send("POST", publicUrl() + "/webhook", null, "Validation-Token", "there").status() == 200;
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    /** Kills it as {@code kill -9} does and returns when it is gone. */
    public synchronized void kill() {
        if (process != null) {
            process.destroyForcibly();
            gone(Duration.ofSeconds(30));
        }
    }

    /** Asks it to stop, as {@code kill} does, and returns when it has. */
    public synchronized void stop() {
        if (process != null) {
            process.destroy();
            gone(Duration.ofMinutes(1));
        }
    }

    /** Lets it stand still until {@link #thaw}: its connections stay, its claims run out. */
    public void freeze() {
        signal("-STOP");
    }

    /** Lets it go on in the middle of what it did. */
    public void thaw() {
        signal("-CONT");
    }

    private synchronized void signal(String signal) {
        if (isAlive()) {
            try {
                new ProcessBuilder("kill", signal, String.valueOf(process.pid())).start().waitFor();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** @return its exit status, when it has ended by itself */
    public int exitStatus() {
        gone(Duration.ofMinutes(2));
        return process.exitValue();
    }

    private void gone(Duration patience) {
        try {
            if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException("The relay does not stop: " + output());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
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

    /** @return what it has printed in all its runs */
    public String output() {
        try {
            return Files.readString(log());
        } catch (IOException e) {
            return "";
        }
    }

    /** @return where it prints in all its runs */
    public Path log() {
        return folder.resolve("relay.log");
    }

    /** @return the process's id */
    public long pid() {
        return process.pid();
    }

    /** @return the public port */
    public int publicPort() {
        return publicPort;
    }

    /** @return the admin port */
    public int adminPort() {
        return adminPort;
    }

    /** @return the URL of the public port, without a trailing slash */
    public String publicUrl() {
        return "http://127.0.0.1:" + publicPort;
    }

    /** @return the URL of the admin port, without a trailing slash */
    public String adminUrl() {
        return "http://127.0.0.1:" + adminPort;
    }

    /** @return where the file sink writes */
    public Path results() {
        return folder.resolve("results");
    }
}
