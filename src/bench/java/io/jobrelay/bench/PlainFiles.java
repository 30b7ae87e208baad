package io.jobrelay.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A yardstick: a plain loop that writes and flushes files of the size of an outcome, one after the other. */
final class PlainFiles {

    static final int OUTCOME_BYTES = Jobs.BODY_BYTES + 200; // the outcome is the callback and the member the relay adds

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    /**
     * What came of it.
     *
     * @param perSecond files a second
     * @param cpuSeconds of 1,000 of them: what the system takes to make and flush a file, and hardly anything else
     */
    record Result(double perSecond, double cpuSeconds) {
    }

    private PlainFiles() {
    }

    /** As {@link #write(Path, int)}. */
    static double perSecond(Path folder, int count) throws IOException {
        return write(folder, count).perSecond();
    }

    /**
     * @param folder that is made, and is gone afterwards
     * @param count how many files
     * @return what came of it
     */
    static Result write(Path folder, int count) throws IOException {
        Files.createDirectories(folder);
        Jobs jobs = new Jobs();
        long began = System.nanoTime();
        long cpu = THREADS.getCurrentThreadCpuTime();
        for (int i = 0; i < count; i++) {
            write(folder.resolve(Jobs.id(i) + ".json"), jobs.body(i, OUTCOME_BYTES));
        }
        Result result = new Result(count * 1e9 / (System.nanoTime() - began), (THREADS.getCurrentThreadCpuTime() - cpu) / 1e6 / count);
        for (int i = 0; i < count; i++) {
            Files.delete(folder.resolve(Jobs.id(i) + ".json"));
        }
        Files.delete(folder);
        return result;
    }

    static void write(Path file, byte[] bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(bytes));
            channel.force(true);
        }
    }
}
