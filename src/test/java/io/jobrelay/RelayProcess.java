package io.jobrelay;

import java.io.File;
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

/** A relay as a process of its own, so that it can be killed as a process is killed; its folder outlives it. */
public final class RelayProcess implements AutoCloseable {

    private final Path folder;
    private final Map<String, String> keys = new LinkedHashMap<>();
    private final int publicPort;
    private final int adminPort;
    private Path home = Path.of("").toAbsolutePath();
    private int openFiles;
    private String heap = "256m";
    private Process process;

    /** @param folder that it runs in: inbox, results, data and the log {@code relay.log} */
    public RelayProcess(Path folder) {
        this.folder = folder;
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

    /** Starts it and returns at once: it may come to its end before anybody is answered. */
    public void startThatMayEnd() {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx" + heap,
                "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path"), "-Djobrelay.home=" + home));
        keys.forEach((key, value) -> command.add("-D" + key + "=" + value));
        command.add(RelayApplication.class.getName());
        if (openFiles > 0) {
            command.addAll(0, List.of("sh", "-c", "ulimit -n " + openFiles + "; exec \"$@\"", "sh"));
        }
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log()));
        builder.environment().keySet().removeIf(name -> name.startsWith("RC_") || name.startsWith("RELAY_") || name.equals("NGROK_URL"));
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
    public void kill() {
        process.destroyForcibly();
        gone(Duration.ofSeconds(30));
    }

    /** Asks it to stop, as {@code kill} does, and returns when it has. */
    public void stop() {
        process.destroy();
        gone(Duration.ofMinutes(1));
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
        if (process != null && process.isAlive()) {
            kill();
        }
    }

    /** @return what it has printed in all its runs */
    public String output() {
        try {
            return Files.readString(log().toPath());
        } catch (IOException e) {
            return "";
        }
    }

    private File log() {
        return folder.resolve("relay.log").toFile();
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
