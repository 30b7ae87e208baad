package io.jobrelay.bench;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A yardstick: what the file system takes to do all that a file sink has to. Sixteen at a time, each file is written under a hidden name and
 * flushed, renamed, and the new name flushed too, with one flush for all who renamed before it began.
 */
final class PublishedFiles {

    private static final int THREADS = 16;
    private final Path folder;
    private final Jobs jobs = new Jobs();
    private final AtomicLong renamed = new AtomicLong();
    private long flushed;

    private PublishedFiles(Path folder) {
        this.folder = folder;
    }

    /**
     * @param folder that is made, and is gone afterwards
     * @param count how many files
     * @return files a second
     */
    static double perSecond(Path folder, int count) throws Exception {
        Files.createDirectories(folder);
        PublishedFiles files = new PublishedFiles(folder);
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        long began = System.nanoTime();
        List<Future<?>> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int n = i;
            all.add(threads.submit(() -> {
                files.publish(n);
                return null;
            }));
        }
        for (Future<?> each : all) {
            each.get();
        }
        double perSecond = count * 1e9 / (System.nanoTime() - began);
        threads.shutdown();
        for (int i = 0; i < count; i++) {
            Files.delete(files.named(i));
        }
        Files.delete(folder);
        return perSecond;
    }

    private Path named(int n) {
        return folder.resolve(Jobs.id(n) + ".json");
    }

    private void publish(int n) throws IOException {
        Path hidden = folder.resolve("." + n);
        PlainFiles.write(hidden, jobs.body(n, PlainFiles.OUTCOME_BYTES));
        Files.move(hidden, named(n), StandardCopyOption.ATOMIC_MOVE);
        long mine = renamed.incrementAndGet();
        synchronized (this) {
            if (flushed < mine) {
                long upto = renamed.get();
                try (FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
                    names.force(true);
                }
                flushed = upto;
            }
        }
    }
}
