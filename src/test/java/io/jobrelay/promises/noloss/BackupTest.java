package io.jobrelay.promises.noloss;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobrelay.support.RelayFixture;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The route of the section "Back it up" in src/docs/operating.md makes a backup of a running H2 that can be restored, and callbacks to a restored one are not refused. */
class BackupTest {

    @Test
    void a_backup_made_while_it_runs_is_restored_and_callbacks_of_jobs_it_does_not_know_are_kept(@TempDir Path folder) throws IOException {
        Path routes = Files.createDirectories(folder.resolve("routes"));
        Path zip = folder.resolve("backup.zip");
        String route = documented();
        assertThat(route).contains("BACKUP TO 'backup.zip'");
        Files.writeString(routes.resolve("backup.camel.yaml"), route.replace("backup.zip", zip.toString()));
        String before;
        String after;
        String signed;
        try (RelayFixture relay = new RelayFixture().with("relay.webhook.secret", "secret-of-backups").with("relay.db.url", "jdbc:h2:file:" + folder.resolve("data/relay"))
                .withOwnRoutes(folder)) {
            relay.start();
            before = relay.openJob("before");
            RelayFixture.patiently().until(() -> isWhole(zip)); // or the timer's own would still be under way when the job it must not hold is there
            relay.run("backup-now");
            after = relay.openJob("after");
            signed = relay.callbackUrl(after).substring(relay.publicUrl().length());
        }
        restore(zip, folder.resolve("restored"));
        try (RelayFixture relay = new RelayFixture().with("relay.webhook.secret", "secret-of-backups")
                .with("relay.db.url", "jdbc:h2:file:" + folder.resolve("restored/relay")).start()) {
            assertThat(relay.job(before)).containsEntry("status", "InProgress");
            assertThat(relay.post(signed, "{\"jobId\":\"after\",\"status\":\"Success\"}").status()).isEqualTo(200);
            relay.settle();
            assertThat(relay.callbacks(after)).singleElement().satisfies(row -> assertThat(row).containsEntry("verdict", "Unknown"));
        }
    }

    private static boolean isWhole(Path zip) {
        try (ZipFile file = new ZipFile(zip.toFile())) {
            return file.size() > 0;
        } catch (IOException e) {
            return false;
        }
    }

    private static String documented() throws IOException {
        Matcher block = Pattern.compile("(?s)```yaml\\n(- route:\\n    id: backup.*?)```").matcher(Files.readString(Path.of("src/docs/operating.md")));
        assertThat(block.find()).isTrue();
        return block.group(1);
    }

    private static void restore(Path zip, Path folder) throws IOException {
        Files.createDirectories(folder);
        try (InputStream file = Files.newInputStream(zip); ZipInputStream entries = new ZipInputStream(file)) {
            for (ZipEntry entry = entries.getNextEntry(); entry != null; entry = entries.getNextEntry()) {
                Files.copy(entries, folder.resolve(Path.of(entry.getName()).getFileName()));
            }
        }
    }
}
