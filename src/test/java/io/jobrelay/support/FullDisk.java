package io.jobrelay.support;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.h2.store.fs.FileBase;
import org.h2.store.fs.FilePath;
import org.h2.store.fs.FilePathWrapper;

/** A disk for H2 ({@code jdbc:h2:fulldisk:/path}) that has only so much room: without it what is there can be written over, but nothing grows. */
public final class FullDisk extends FilePathWrapper {

    private static final AtomicLong ROOM = new AtomicLong(Long.MAX_VALUE / 2);

    private static volatile String error;

    private static volatile boolean readOnly;

    /** For H2, which makes one for each path. */
    public FullDisk() {
        // nothing to set
    }

    /**
     * @param database path of a database without its ending, on a real disk
     * @return the URL of the same database on this one
     */
    public static String url(Path database) {
        FilePath.register(new FullDisk());
        return "jdbc:h2:fulldisk:" + database.toAbsolutePath();
    }

    /** @param bytes by which all files together may still grow */
    public static void leave(long bytes) {
        ROOM.set(bytes);
    }

    /** As much room as anybody wants. */
    public static void makeRoom() {
        ROOM.set(Long.MAX_VALUE / 2);
    }

    /** @param message of the Error that each write ends with from now on, as where Java has no memory left outside of the heap; null ends that */
    public static void failWithError(String message) {
        error = message;
    }

    /** @param now whether nothing can be written, as after a disk's error on Linux */
    public static void makeReadOnly(boolean now) {
        readOnly = now;
    }

    @Override
    public boolean canWrite() {
        return !readOnly && super.canWrite();
    }

    @Override
    public String getScheme() {
        return "fulldisk";
    }

    @Override
    public FileChannel open(String mode) throws IOException {
        if (readOnly && !mode.equals("r")) {
            throw new IOException("Read-only file system");
        }
        return new Limited(super.open(mode));
    }

    @Override
    public OutputStream newOutputStream(boolean append) throws IOException {
        return Channels.newOutputStream(open("rw"));
    }

    @Override
    public void delete() {
        long size = exists() ? size() : 0;
        super.delete();
        ROOM.addAndGet(size);
    }

    /** A channel that writes what fits and then fails, as a full disk does. */
    private static final class Limited extends FileBase {
        private final FileChannel channel;

        Limited(FileChannel channel) {
            this.channel = channel;
        }

        @Override
        public synchronized int write(ByteBuffer source, long position) throws IOException {
            if (error != null) {
                throw new OutOfMemoryError(error);
            }
            if (readOnly) {
                throw new IOException("Read-only file system");
            }
            synchronized (ROOM) {
                long size = channel.size();
                long end = size + Math.max(0, ROOM.get());
                if (position >= end && source.hasRemaining()) {
                    throw new IOException("No space left on device");
                }
                ByteBuffer fits = source.duplicate();
                fits.limit((int) Math.min(source.limit(), source.position() + end - position));
                int written = channel.write(fits, position);
                source.position(source.position() + written);
                ROOM.addAndGet(size - channel.size());
                return written;
            }
        }

        @Override
        public int write(ByteBuffer source) throws IOException {
            int written = write(source, channel.position());
            channel.position(channel.position() + written);
            return written;
        }

        @Override
        public FileChannel truncate(long size) throws IOException {
            long before = channel.size();
            channel.truncate(size);
            ROOM.addAndGet(before - channel.size());
            return this;
        }

        @Override
        public void force(boolean metaData) throws IOException {
            channel.force(metaData);
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
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
