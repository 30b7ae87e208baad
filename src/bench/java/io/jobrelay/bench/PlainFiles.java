package io.jobrelay.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A yardstick: a plain loop that writes and flushes files of the size of an outcome, one after the other. */
final class PlainFiles {

    private static final int OUTCOME_BYTES = Jobs.BODY_BYTES + 200; // the outcome is the callback and the member the relay adds

    private PlainFiles() {
    }

    /**
     * @param folder that is made, and is gone afterwards
     * @param count how many files
     * @return files a second
     */
    static double perSecond(Path folder, int count) throws IOException {
        Files.createDirectories(folder);
        Jobs jobs = new Jobs();
        long began = System.nanoTime();
        for (int i = 0; i < count; i++) {
            write(folder.resolve(Jobs.id(i) + ".json"), jobs.body(i, OUTCOME_BYTES));
        }
        double seconds = (System.nanoTime() - began) / 1e9;
        for (int i = 0; i < count; i++) {
            Files.delete(folder.resolve(Jobs.id(i) + ".json"));
        }
        Files.delete(folder);
        return count / seconds;
    }

    private static void write(Path file, byte[] bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(bytes));
            channel.force(true);
        }
    }
}
