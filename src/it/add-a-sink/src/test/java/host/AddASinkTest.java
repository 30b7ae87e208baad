package host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A component that the relay does not bring becomes a sink: a jar into {@code lib/}, a file into {@code routes/}, a name in a key. */
class AddASinkTest {

    @TempDir
    private Path folder;
    private int adminPort;

    @Test
    void a_jar_and_a_route_file_make_a_sink_and_what_it_throws_is_tried_again() throws Exception {
        Path relay = folder.resolve("ai-job-relay");
        copy(Path.of(System.getProperty("it.distribution")), relay);
        copy(Path.of("target/jars"), relay.resolve("lib"));
        Files.createDirectories(folder.resolve("here/routes"));
        copy(Path.of("routes"), folder.resolve("here/routes"));
        Path lines = Files.createDirectories(folder.resolve("here/lines/outcomes.txt")); // a folder: nothing can be appended to it

        Process process = start(relay);
        try {
            String id = submit();
            await().atMost(Duration.ofMinutes(1)).until(() -> get("/jobs/" + id), job -> job.matches(".*\"sink\":\"lines\",\"status\":\"Pending\","
                    + "\"attempts\":[1-9].*\"lastError\".*"));
            Files.delete(lines);
            await().atMost(Duration.ofMinutes(1)).until(() -> get("/jobs/" + id), job -> job.contains("\"sink\":\"lines\",\"status\":\"Delivered\""));
            assertThat(Files.readString(lines)).startsWith(id + " ").contains(" call-17 Success {\"jobId\":");
        } finally {
            process.destroy();
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    private Process start(Path relay) throws Exception {
        int publicPort;
        try (ServerSocket a = new ServerSocket(0); ServerSocket b = new ServerSocket(0)) {
            publicPort = a.getLocalPort();
            adminPort = b.getLocalPort();
        }
        ProcessBuilder builder = new ProcessBuilder(relay.resolve("bin/relay").toString()).directory(folder.resolve("here").toFile())
                .redirectErrorStream(true).redirectOutput(Path.of("target/relay.log").toFile());
        builder.environment().keySet().removeIf(name -> name.matches("(RELAY|CAMEL|RC|NGROK)_.*"));
        builder.environment().putAll(Map.of("JAVA_HOME", System.getProperty("java.home"),
                "RELAY_SINKS", "file,lines", "RELAY_SINK_LINES_FILE", "lines/outcomes.txt", "RELAY_DELIVERY_INITIAL_DELAY", "500ms",
                "CAMEL_SERVER_PORT", String.valueOf(publicPort), "RELAY_ADMIN_PORT", String.valueOf(adminPort)));
        Process process = builder.start();
        await().atMost(Duration.ofMinutes(2)).until(() -> !process.isAlive() || health().contains("UP"));
        assertThat(process.isAlive()).as(Files.readString(Path.of("target/relay.log"))).isTrue();
        return process;
    }

    private String health() throws Exception {
        try {
            return get("/observe/health");
        } catch (IOException e) {
            return "";
        }
    }

    private String submit() throws Exception {
        String job = send(HttpRequest.newBuilder(uri("/jobs")).POST(HttpRequest.BodyPublishers.ofString(
                "{\"api\":\"punctuate\",\"request\":{\"texts\":[\"a\"]},\"reference\":\"call-17\"}")));
        return job.replaceFirst("(?s).*?\"id\":\"([^\"]+)\".*", "$1");
    }

    private String get(String path) throws Exception {
        return send(HttpRequest.newBuilder(uri(path)));
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + adminPort + path);
    }

    private static String send(HttpRequest.Builder request) throws Exception {
        return HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString()).body();
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (!Files.isDirectory(target)) {
                    Files.copy(file, target, StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
        }
    }
}
