package io.jobrelay.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobrelay.config.Keys;
import io.jobrelay.folder.DurableFile;
import io.jobrelay.folder.OpenFolder;
import io.jobrelay.support.RelayFixture;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Promise: a result that counts as delivered to a file outlives a power cut. Its contents are on the disk before its name, its name before it counts. */
class DurableFileTest {

    private final RelayFixture relay = new RelayFixture();
    private final List<String> flushed = new CopyOnWriteArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private ResultFiles files;
    private Path folder;

    @BeforeEach
    void start() throws IOException {
        relay.start();
        folder = Files.createDirectories(relay.results());
        files = new ResultFiles(new Keys(relay.context()), relay.clock(), new DurableFile() {
            @Override
            public void flush(FileChannel file, Path path) throws IOException {
                flushed.add(path.getFileName() + ": " + Files.readString(path));
                DurableFile.REAL.flush(file, path);
            }

            @Override
            public void flush(OpenFolder names) throws IOException {
                flushed.add("the names " + names());
                DurableFile.REAL.flush(names);
            }
        });
    }

    @AfterEach
    void stop() {
        threads.shutdownNow();
        relay.close();
    }

    @Test
    void the_contents_are_flushed_under_the_hidden_name_and_the_new_name_after_that() throws IOException {
        files.writeTo(".hidden", new ByteArrayInputStream("all of it".getBytes(StandardCharsets.UTF_8)));
        files.publish(".hidden", "j-1");
        assertThat(flushed).containsExactly(".hidden: all of it", "the names [j-1.json]");
        assertThat(folder.resolve("j-1.json")).hasContent("all of it");
    }

    @Test
    void what_cannot_be_flushed_gets_no_name() {
        assertThatThrownBy(() -> files.publish(".never-written", "j-2")).isInstanceOf(IOException.class);
        assertThat(folder.resolve("j-2.json")).doesNotExist();
    }

    @Test
    void a_link_that_somebody_laid_there_is_not_written_through() throws IOException {
        Path other = Files.writeString(relay.folder().resolve("other"), "somebody's");
        Files.createSymbolicLink(folder.resolve(".laid"), other);
        assertThatThrownBy(() -> files.writeTo(".laid", new ByteArrayInputStream(new byte[1]))).isInstanceOf(FileAlreadyExistsException.class);
        Files.createSymbolicLink(folder.resolve("j-3.json"), other);
        files.writeTo(".hidden", new ByteArrayInputStream("the result".getBytes(StandardCharsets.UTF_8)));
        files.publish(".hidden", "j-3");
        assertThat(other).hasContent("somebody's");
        assertThat(folder.resolve("j-3.json")).hasContent("the result").isRegularFile();
        assertThat(Files.isSymbolicLink(folder.resolve("j-3.json"))).isFalse();
    }

    @Test
    void who_comes_while_a_flush_is_under_way_is_not_served_by_it_but_shares_the_next_one() throws Exception {
        CountDownLatch under = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        AtomicInteger flushes = new AtomicInteger();
        SharedFlush shared = new SharedFlush(() -> {
            if (flushes.incrementAndGet() == 1) {
                under.countDown();
                await(go);
            }
        });
        Future<?> first = flush(shared);
        under.await();
        List<Future<?>> late = List.of(flush(shared), flush(shared), flush(shared));
        while (shared.changes() < 4) {
            Thread.onSpinWait();
        }
        assertThat(late).noneMatch(Future::isDone);
        go.countDown();
        first.get();
        for (Future<?> one : late) {
            one.get();
        }
        assertThat(flushes).hasValue(2);
    }

    @Test
    void a_flush_that_fails_serves_nobody() throws Exception {
        AtomicInteger flushes = new AtomicInteger();
        SharedFlush shared = new SharedFlush(() -> {
            if (flushes.incrementAndGet() == 1) {
                throw new IOException("the disk is gone");
            }
        });
        assertThatThrownBy(shared::flush).hasMessage("the disk is gone");
        shared.flush();
        assertThat(flushes).hasValue(2);
    }

    private Future<?> flush(SharedFlush shared) {
        return threads.submit(() -> {
            shared.flush();
            return null;
        });
    }

    private static void await(CountDownLatch latch) throws IOException {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private List<String> names() throws IOException {
        try (var all = Files.list(folder)) {
            return all.map(file -> file.getFileName().toString()).toList();
        }
    }
}
