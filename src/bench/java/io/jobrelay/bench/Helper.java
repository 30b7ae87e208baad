package io.jobrelay.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A process of this class path that answers each line with a line. */
final class Helper implements AutoCloseable {

    private final Process process;
    private final PrintStream out;
    private final BufferedReader in;

    /**
     * @param main its main class
     * @param arguments it gets
     */
    Helper(Class<?> main, String... arguments) {
        List<String> command = Processes.java(List.of("-Xmx512m", "-XX:+UseSerialGC"), main, arguments);
        process = Processes.start(new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT));
        out = new PrintStream(process.getOutputStream(), true, StandardCharsets.US_ASCII);
        in = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
    }

    /** @return its answer, whenever it comes */
    String ask(String line) {
        try {
            out.println(line);
            String answer = in.readLine();
            if (answer == null) {
                throw new IllegalStateException("A process of the benchmark has ended");
            }
            return answer;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * For a {@link Load}.
     *
     * @param ports it sends to
     * @param connections spread over them
     * @param first number of the first job
     * @param last number of the one after the last
     * @param seconds after which nothing more is sent
     * @param rate a second, 0 for as many as come through
     * @return what came of it
     */
    Load.Result load(List<Integer> ports, int connections, int first, int last, double seconds, double rate) {
        String joined = String.join(",", ports.stream().map(String::valueOf).toList());
        return Load.Result.of(ask(joined + " " + connections + " " + first + " " + last + " 1 " + seconds + " " + rate));
    }

    /** As the other, each callback as often as that, as fast as they come through. */
    Load.Result load(int port, int connections, int first, int last, int copies) {
        return Load.Result.of(ask(port + " " + connections + " " + first + " " + last + " " + copies + " 600 0"));
    }

    @Override
    public void close() {
        Processes.stop(process);
    }
}
