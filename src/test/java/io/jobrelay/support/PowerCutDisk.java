package io.jobrelay.support;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import org.h2.store.fs.FileBase;
import org.h2.store.fs.FilePath;
import org.h2.store.fs.FilePathWrapper;

/**
 * A disk for H2 ({@code jdbc:h2:powercut:/path}) that remembers what would be left of a file if the power went now: all that was written
 * before the last flush, and of what came later anything or nothing.
 */
public final class PowerCutDisk extends FilePathWrapper {

    private static final Map<String, Image> IMAGES = new ConcurrentHashMap<>();

    /** For H2, which makes one for each path. */
    public PowerCutDisk() {
        // nothing to set
    }

    /**
     * @param database path of a database without its ending, on a real disk
     * @return the URL of the same database on this one
     */
    public static String url(Path database) {
        FilePath.register(new PowerCutDisk());
        return "jdbc:h2:powercut:" + database.toAbsolutePath();
    }

    /**
     * @param database path that was given to {@link #url}
     * @param copy path of a database without its ending: what a power cut would leave now
     * @param luck decides for each write since the last flush whether it, or a part of it, has reached the disk; null: none has
     */
    public static void cut(Path database, Path copy, Random luck) {
        IMAGES.get(database.toAbsolutePath() + ".mv.db").copyTo(copy.resolveSibling(copy.getFileName() + ".mv.db"), luck);
    }

    /**
     * @param database path that was given to {@link #url}
     * @return how often it was flushed so far
     */
    public static long flushes(Path database) {
        return IMAGES.get(database.toAbsolutePath() + ".mv.db").flushes;
    }

    @Override
    public String getScheme() {
        return "powercut";
    }

    @Override
    public FileChannel open(String mode) throws IOException {
        String file = getBase().toString();
        FileChannel channel = super.open(mode);
        return file.endsWith(".mv.db") ? new Recorded(channel, IMAGES.computeIfAbsent(file, f -> new Image(channel))) : channel;
    }

    /** A write, or with no bytes a cut to a size. */
    private record Change(long position, byte[] bytes) {
    }

    /** What is safely on the disk, and what was written since. */
    private static final class Image {
        private final List<Change> loose = new ArrayList<>();
        private final RandomAccessFile safe;
        private long flushes;

        Image(FileChannel channel) {
            try {
                Path file = Files.createTempFile("powercut", ".db");
                file.toFile().deleteOnExit();
                safe = new RandomAccessFile(file.toFile(), "rw");
                channel.transferTo(0, channel.size(), safe.getChannel());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        synchronized void change(long position, byte[] bytes) {
            loose.add(new Change(position, bytes));
        }

        synchronized void flush() throws IOException {
            for (Change change : loose) {
                apply(change, safe, 1);
            }
            loose.clear();
            flushes++;
        }

        synchronized void copyTo(Path copy, Random luck) {
            try (RandomAccessFile left = new RandomAccessFile(copy.toFile(), "rw")) {
                safe.getChannel().transferTo(0, safe.length(), left.getChannel());
                for (Change change : luck == null ? List.<Change>of() : loose) {
                    int fate = luck.nextInt(3); // nothing, a part, the whole
                    if (fate > 0) {
                        apply(change, left, fate == 1 ? luck.nextDouble() : 1);
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static void apply(Change change, RandomAccessFile file, double part) throws IOException {
            if (change.bytes == null) {
                file.setLength(Math.min(file.length(), change.position));
            } else {
                file.seek(change.position);
                file.write(change.bytes, 0, (int) (change.bytes.length * part) / 512 * 512 + (part == 1 ? change.bytes.length % 512 : 0));
            }
        }
    }

    /** A channel whose writes go to the file and into the image. */
    private static final class Recorded extends FileBase {
        private final FileChannel channel;
        private final Image image;

        Recorded(FileChannel channel, Image image) {
            this.channel = channel;
            this.image = image;
        }

        @Override
        public synchronized int write(ByteBuffer source, long position) throws IOException {
            byte[] bytes = new byte[source.remaining()];
            source.duplicate().get(bytes);
            int written = channel.write(source, position);
            image.change(position, written == bytes.length ? bytes : java.util.Arrays.copyOf(bytes, written));
            return written;
        }

        @Override
        public int write(ByteBuffer source) throws IOException {
            long position = channel.position();
            int written = write(source, position);
            channel.position(position + written);
            return written;
        }

        @Override
        public FileChannel truncate(long size) throws IOException {
            channel.truncate(size);
            image.change(size, null);
            return this;
        }

        @Override
        public void force(boolean metaData) throws IOException {
            channel.force(metaData);
            image.flush();
        }

        @Override
        public synchronized int read(ByteBuffer target, long position) throws IOException {
            return channel.read(target, position);
        }

        @Override
        public int read(ByteBuffer target) throws IOException {
            return channel.read(target);
        }

        @Override
        public long position() throws IOException {
            return channel.position();
        }

        @Override
        public FileChannel position(long position) throws IOException {
            channel.position(position);
            return this;
        }

        @Override
        public long size() throws IOException {
            return channel.size();
        }

        @Override
        public FileLock tryLock(long position, long size, boolean shared) throws IOException {
            return channel.tryLock(position, size, shared);
        }

        @Override
        protected void implCloseChannel() throws IOException {
            channel.close();
        }
    }
}
