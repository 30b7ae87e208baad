package io.jobrelay.promises.ownfaults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jobrelay.support.Http;
import io.jobrelay.support.RelayFixture;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A PostgreSQL without room for a callback is named before one is refused, and is left as soon as there is room. A disk of its own needs root. */
class DiskOfPostgresFullTest {

    @TempDir
    Path disk;

    @AfterEach
    void unmount() throws Exception {
        run("umount", "-l", disk.toString());
    }

    @Test
    void health_is_down_and_names_it_until_there_is_room() throws Exception {
        assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=200m,mode=0777", "tmpfs", disk.toString()) == 0, "not tried: only root may mount a small disk");
        try (EmbeddedPostgres server = EmbeddedPostgres.builder().setDataDirectory(disk.resolve("data")).setServerConfig("max_wal_size", "64MB")
                .setServerConfig("min_wal_size", "32MB").start();
                RelayFixture relay = new RelayFixture().with("relay.db.url", server.getJdbcUrl("postgres", "postgres"))
                        .with("relay.db.username", "postgres").with("relay.db.password", "postgres").start()) {
            String url = relay.callbackUrl("0191d7a0-0000-7000-8000-000000000000");
            assertThat(relay.post(url, "{\"status\":\"Success\"}").status()).isEqualTo(200);
            Path filler = fill();
            RelayFixture.patiently().untilAsserted(() -> assertThat(relay.adminGet("/observe/health").text())
                    .contains("The database's disk is full: make room on it.", "53100"));
            assertThat(relay.adminGet("/observe/health").status()).isEqualTo(503);
            assertThat(relay.post(url, "{\"response\":\"" + "x".repeat(3_000_000) + "\"}").status()).isEqualTo(503);
            Http.Answer doctor = relay.adminGet("/doctor");
            assertThat(doctor.status()).isEqualTo(200);
            assertThat(doctor.text()).contains("{\"name\":\"database\",\"result\":\"failed\",\"says\":\"The database's disk is full");
            Files.delete(filler);
            RelayFixture.patiently().until(() -> relay.adminGet("/observe/health").status() == 200);
            assertThat(relay.post(url, "{\"response\":\"" + "x".repeat(3_000_000) + "\"}").status()).isEqualTo(200);
        }
    }

    private Path fill() throws IOException {
        Path filler = disk.resolve("filler");
        try (OutputStream out = Files.newOutputStream(filler)) {
            while (true) {
                out.write(new byte[4_096]);
            }
        } catch (IOException e) {
            return filler; // there is no more room
        }
    }

    private static int run(String... command) throws Exception {
        return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor();
    }
}
