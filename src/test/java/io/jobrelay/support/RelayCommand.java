package io.jobrelay.support;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The relay as {@code bin/relay} starts it, in a folder of the test: what it says, and its exit status. */
public final class RelayCommand implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private final Process process;
    private final Path out;
    private final Path err;

    private RelayCommand(Process process, Path out, Path err) {
        this.process = process;
        this.out = out;
        this.err = err;
    }

    /**
     * Starts it; the environment of the test run has no part in it.
     *
     * @param folder it runs in
     * @param environment variables it has besides
     * @param args as given to {@code bin/relay}
     * @return the process, perhaps not up yet
     */
    public static RelayCommand start(Path folder, Map<String, String> environment, String... args) {
        return start(List.of(), folder, environment, args);
    }

    /**
     * Starts it as a user who owns what he owns and no more, which root is not of himself.
     *
     * @param folder it runs in
     * @param args as given to {@code bin/relay}
     * @return the process, perhaps not up yet
     */
    public static RelayCommand startAsAnybody(Path folder, String... args) {
        boolean root = "root".equals(System.getProperty("user.name"));
        return start(root ? List.of("setpriv", "--bounding-set=-dac_override,-dac_read_search,-fowner") : List.of(), folder, Map.of(), args);
    }

    private static RelayCommand start(List<String> before, Path folder, Map<String, String> environment, String... args) {
        try {
            Path out = Files.createTempFile("relay", ".out");
            Path err = Files.createTempFile("relay", ".err");
            ProcessBuilder builder = RelayProgram.in(folder, before, List.of("-Djobrelay.home=" + RelayProgram.home()), List.of(args))
                    .redirectOutput(out.toFile()).redirectError(err.toFile());
            builder.environment().putAll(environment);
            return new RelayCommand(builder.start(), out, err);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @return this, when its banner is complete */
    public RelayCommand untilRunning() {
        await().atMost(PATIENCE).until(() -> !process.isAlive() || out().contains("sinks  "));
        if (!process.isAlive()) {
            throw new IllegalStateException("it did not start: " + err());
        }
        return this;
    }

    /** @return its exit status, when it has ended */
    public int exitStatus() {
        try {
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException("it did not end: " + out() + err());
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Sends SIGTERM. */
    public void terminate() {
        process.destroy();
    }

    /** Sends SIGKILL. */
    public void kill() {
        process.destroyForcibly();
    }

    /** @return what it wrote to its standard output so far */
    public String out() {
        return read(out);
    }

    /** @return what it wrote to its standard error so far */
    public String err() {
        return read(err);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        kill();
        exitStatus();
        try {
            Files.deleteIfExists(out);
            Files.deleteIfExists(err);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
