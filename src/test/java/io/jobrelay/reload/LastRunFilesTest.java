package io.jobrelay.reload;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobrelay.routes.RouteFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What ran last is kept whole or not at all, for its user alone, and for the relay that ran it. */
class LastRunFilesTest {

    @TempDir
    private Path data;
    private final Map<String, RouteFile> packaged = files("a.camel.yaml", "packaged a", "sql/b.sql", "packaged b");

    @Test
    void what_differs_from_the_packaged_files_comes_back_and_what_was_gone_stays_gone() throws IOException {
        LastRunFiles before = lastRun("1");
        before.keep(packaged);
        assertThat(data).as("nothing to keep").isEmptyDirectory();
        before.keep(files("mine.camel.yaml", "mine", "sql/b.sql", "my b"));
        Map<String, RouteFile> found = lastRun("1").read();
        assertThat(texts(found)).isEqualTo(Map.of("mine.camel.yaml", "mine", "sql/b.sql", "my b"));
        assertThat(found.get("mine.camel.yaml").location()).endsWith("mine.camel.yaml").doesNotContain(".mine.");
        for (Path folder : List.of(data.resolve("routes-that-ran"), data.resolve("routes-that-ran/8080-8081"))) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder))).isEqualTo("rwx------");
        }
        before.keep(files("mine.camel.yaml", "mine again", "a.camel.yaml", "packaged a", "sql/b.sql", "packaged b"));
        assertThat(texts(lastRun("1").read())).isEqualTo(Map.of("mine.camel.yaml", "mine again", "a.camel.yaml", "packaged a", "sql/b.sql", "packaged b"));
        try (Stream<Path> left = Files.list(data.resolve("routes-that-ran/8080-8081"))) {
            assertThat(left).as("the list and one form").hasSize(2);
        }
        before.keep(packaged);
        assertThat(texts(lastRun("1").read())).isEqualTo(texts(packaged));
    }

    @Test
    void another_version_s_files_and_damaged_ones_are_not_used() throws IOException {
        lastRun("1").keep(files("a.camel.yaml", "my a", "mine.camel.yaml", "mine"));
        assertThat(texts(lastRun("2").read())).isEqualTo(texts(packaged));
        packaged.put("c.camel.yaml", file("c.camel.yaml", "another build of the same version"));
        assertThat(texts(lastRun("1").read())).isEqualTo(texts(packaged));
        packaged.remove("c.camel.yaml");
        Map<String, RouteFile> found = lastRun("1").read();
        Files.writeString(Path.of(found.get("mine.camel.yaml").location().substring("file:".length())), "torn");
        assertThat(texts(lastRun("1").read())).isEqualTo(Map.of("a.camel.yaml", "my a"));
    }

    @Test
    void a_folder_that_somebody_else_put_there_is_not_used_and_what_cannot_be_kept_is_told() throws IOException {
        lastRun("1").keep(files("a.camel.yaml", "forged"));
        Files.move(data.resolve("routes-that-ran"), data.resolve("elsewhere"));
        Files.createSymbolicLink(data.resolve("routes-that-ran"), data.resolve("elsewhere"));
        LastRunFiles last = lastRun("1");
        assertThat(texts(last.read())).isEqualTo(texts(packaged));
        assertThat(last.trouble()).get().asString().contains(data.toString(), "not a folder of the relay's own");
        Files.delete(data.resolve("routes-that-ran"));
        Files.writeString(data.resolve("routes-that-ran"), "a file");
        LastRunFiles next = lastRun("1");
        RouteFile mine = file("a.camel.yaml", "my a");
        next.keep(Map.of("a.camel.yaml", mine));
        assertThat(next.trouble()).get().asString().contains("cannot be kept", data.toString());
        assertThat(next.location(mine)).isEmpty();
        assertThat(next.location(packaged.get("a.camel.yaml"))).hasValue("classpath:camel/a.camel.yaml");
        Files.delete(data.resolve("routes-that-ran"));
        next.keep(Map.of("a.camel.yaml", mine));
        assertThat(next.trouble()).isEmpty();
        assertThat(next.location(mine)).isPresent();
    }

    private LastRunFiles lastRun(String version) {
        return new LastRunFiles(data, "8080-8081", version, packaged);
    }

    private static Map<String, String> texts(Map<String, RouteFile> files) {
        Map<String, String> texts = new HashMap<>();
        files.forEach((name, file) -> texts.put(name, file.text()));
        return texts;
    }

    private static Map<String, RouteFile> files(String... namesAndTexts) {
        Map<String, RouteFile> files = new HashMap<>();
        for (int i = 0; i < namesAndTexts.length; i += 2) {
            files.put(namesAndTexts[i], file(namesAndTexts[i], namesAndTexts[i + 1]));
        }
        return files;
    }

    private static RouteFile file(String name, String text) {
        return new RouteFile(name, "classpath:camel/" + name, text.getBytes(StandardCharsets.UTF_8));
    }
}
