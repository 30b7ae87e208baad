package io.jobrelay.inbox;

import static io.jobrelay.support.RelayFixture.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.zaxxer.hikari.HikariDataSource;
import io.jobrelay.support.InboxRelay;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A file that was taken is never lost and never submitted twice, whatever is interrupted. */
class InboxRecoveryTest {

    private static final String TWO = "[{\"api\":\"punctuate\",\"request\":{},\"reference\":\"a\"},"
            + "{\"api\":\"punctuate\",\"request\":{},\"reference\":\"b\"}]";
    private final InboxRelay inbox = new InboxRelay();

    @AfterEach
    void close() {
        inbox.close();
    }

    @Test
    void a_crash_between_the_rename_and_the_insert_is_made_good_at_the_next_start() {
        String media = inbox.leaveInOpen("a.mp3", "sound");
        String json = inbox.leaveInOpen("two.json", TWO);
        String bad = inbox.leaveInOpen("bad.json", "{");
        inbox.start();
        assertThat(inbox.jobOf("a.mp3")).containsEntry("intake", media).containsEntry("id", InboxFile.jobId(media, 0));
        assertThat(inbox.jobOf("b")).containsEntry("intake", json).containsEntry("id", InboxFile.jobId(json, 1));
        inbox.untilThere(inbox.rejected().resolve("bad.json.error.txt"));
        inbox.untilGone(inbox.open().resolve(bad));
        inbox.relay.restart();
        inbox.sweepTwice();
        assertThat(inbox.jobs()).hasSize(3);
    }

    @Test
    void what_was_accepted_and_not_noted_is_not_accepted_again() throws Exception {
        inbox.start();
        inbox.drop("a.mp3", "sound");
        Map<String, Object> job = inbox.jobOf("a.mp3");
        Path note = inbox.open().resolve((String) job.get("intake")).resolve(".accepted");
        inbox.untilThere(note);
        inbox.relay.stop();
        Files.delete(note);
        inbox.relay.start();
        inbox.sweepTwice();
        assertThat(inbox.jobs()).hasSize(1);
        assertThat(inbox.open().resolve((String) job.get("intake")).resolve("a.mp3")).exists();
    }

    @Test
    void what_ended_while_the_relay_was_stopped_moves_on_at_the_start() {
        inbox.with(r -> r.withFileDatabase()).start();
        inbox.drop("a.mp3", "sound");
        String id = (String) inbox.jobOf("a.mp3").get("id");
        inbox.relay.stop();
        inbox.relay.with("relay.inbox.directory", "").start();
        inbox.end(inbox.relay.job(id));
        assertThat(inbox.relay.context().getRoute("inbox-take")).isNull();
        inbox.relay.stop();
        inbox.relay.with("relay.inbox.directory", inbox.inbox().toString()).start();
        inbox.untilDone(inbox.done().resolve("a.mp3"));
    }

    @Test
    void what_was_purged_before_it_moved_on_is_not_submitted_again() {
        inbox.start();
        inbox.drop("a.mp3", "sound");
        Map<String, Object> job = inbox.jobOf("a.mp3");
        inbox.untilThere(inbox.open().resolve((String) job.get("intake")).resolve(".accepted"));
        inbox.relay.sql("DELETE FROM relay_job WHERE id = ?", job.get("id"));
        inbox.untilDone(inbox.done().resolve("a.mp3"));
        assertThat(inbox.jobs()).isEmpty();
    }

    @Test
    void a_crash_while_moving_on_leaves_one_file() throws Exception {
        inbox.start();
        inbox.drop("a.mp3", "sound");
        Map<String, Object> job = inbox.jobOf("a.mp3");
        Path taken = inbox.open().resolve((String) job.get("intake")).resolve("a.mp3");
        Files.createLink(inbox.done().resolve("a.mp3"), taken); // the new name is there, the old one not yet gone
        inbox.end(job);
        inbox.untilGone(taken.getParent());
        assertThat(InboxRelay.names(inbox.done())).containsExactly("a.mp3");
        assertThat(inbox.done().resolve("a.mp3")).hasContent("sound");
    }

    @Test
    void an_empty_folder_left_by_a_crash_goes() throws Exception {
        inbox.start();
        Path folder = inbox.open().resolve("01890000-0000-7000-8000-000000000001");
        Files.createDirectories(folder);
        Files.createDirectories(inbox.open().resolve("not-ours"));
        inbox.untilGone(folder);
        assertThat(inbox.open().resolve("not-ours")).exists();
    }

    @Test
    void two_that_accept_the_same_file_make_its_jobs_once() throws Exception {
        inbox.start();
        inbox.relay.context().getRouteController().stopRoute("tick-inbox");
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            for (int round = 0; round < 10; round++) {
                String intake = inbox.leaveInOpen("two.json", TWO);
                Callable<Object> accept = () -> inbox.relay.run("inbox-accept", Map.of("intake", intake));
                for (Future<Object> done : threads.invokeAll(List.of(accept, accept, accept, accept))) {
                    done.get();
                }
                assertThat(inbox.relay.count("SELECT COUNT(*) FROM relay_job WHERE intake = ?", intake)).isEqualTo(2);
                assertThat(inbox.open().resolve(intake).resolve("two.json")).exists();
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(inbox.warnings()).isEmpty();
    }

    @Test
    void with_the_database_away_a_file_is_kept_and_accepted_later_without_a_restart() throws Exception {
        inbox.start();
        List<Connection> all = takeAllConnections();
        inbox.drop("a.mp3", "sound");
        inbox.untilGone(inbox.inbox().resolve("a.mp3"));
        await().atMost(PATIENCE).until(() -> inbox.warnings().stream().anyMatch(w -> w.contains("will be accepted later")));
        assertThat(InboxRelay.names(inbox.rejected())).isEmpty();
        for (Connection connection : all) {
            connection.close();
        }
        await().atMost(PATIENCE).until(() -> {
            inbox.relay.clock().advance(Duration.ofMinutes(1));
            return inbox.jobs().size() == 1;
        });
        assertThat(inbox.jobOf("a.mp3")).containsEntry("media", "a.mp3");
        assertThat(InboxRelay.names(inbox.inbox())).containsExactly(".done", ".open", ".rejected");
    }

    private List<Connection> takeAllConnections() throws SQLException {
        HikariDataSource pool = (HikariDataSource) inbox.relay.bean("relay-data-source", DataSource.class);
        List<Connection> all = new ArrayList<>();
        await().atMost(PATIENCE).until(() -> {
            try {
                all.add(pool.getConnection());
            } catch (SQLException e) {
                return all.size() == pool.getMaximumPoolSize();
            }
            return all.size() == pool.getMaximumPoolSize();
        });
        return all;
    }

    @Test
    void folders_removed_while_it_runs_are_made_again() throws Exception {
        inbox.start();
        for (String folder : List.of(".open", ".done", ".rejected")) {
            Files.delete(inbox.inbox().resolve(folder));
        }
        inbox.drop("a.mp3", "sound");
        inbox.drop("b.txt", "no sound");
        inbox.end(inbox.jobOf("a.mp3"));
        inbox.untilDone(inbox.done().resolve("a.mp3"));
        inbox.untilThere(inbox.rejected().resolve("b.txt.error.txt"));
        assertThat(inbox.relay.bean("relay-inbox", Inbox.class).trouble()).isEmpty();
    }

    @Test
    void what_the_user_put_into_an_open_folder_is_not_deleted() throws Exception {
        inbox.start();
        inbox.drop("a.mp3", "sound");
        Map<String, Object> job = inbox.jobOf("a.mp3");
        Path folder = inbox.open().resolve((String) job.get("intake"));
        Files.write(folder.resolve(".mine"), "mine".getBytes(StandardCharsets.UTF_8));
        inbox.end(job);
        inbox.untilDone(inbox.done().resolve("a.mp3"));
        inbox.sweepTwice();
        assertThat(folder.resolve(".mine")).hasContent("mine");
    }

    @Test
    void more_files_than_one_sweep_looks_at_are_all_found_and_then_looked_at_again() throws Exception {
        List<String> left = new ArrayList<>();
        for (int i = 0; i < 25; i++) {
            left.add(inbox.leaveInOpen("a.mp3", "x"));
        }
        InboxFolder folder = InboxFolder.open(inbox.inbox().toString());
        for (int pass = 0; pass < 3; pass++) {
            List<String> found = new ArrayList<>();
            for (int most : List.of(10, 10, 10)) {
                found.addAll(folder.intakes().next(most));
            }
            assertThat(found).containsExactlyInAnyOrderElementsOf(left);
        }
        folder.close();
    }
}
