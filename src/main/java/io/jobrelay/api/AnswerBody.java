package io.jobrelay.api;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;

/** Reads the body of an answer into memory, as far as there is room, and undoes its coding. */
final class AnswerBody {

    private static final int FIRST_PIECE = 64 * 1024;
    private static final int LARGEST_PIECE = 4 << 20;
    private static final int MOST_CODINGS = 3;

    /** There is no room for the answer, for ever or at this moment. */
    static final class NoRoom extends IOException {
        private final transient long most;

        /** @param most bytes that may be read; 0 where only others are in the way */
        NoRoom(long most) {
            super("no room");
            this.most = most;
        }

        /** @return bytes that may be read; 0 where only others are in the way */
        long most() {
            return most;
        }
    }

    private final AnswerMemory room;
    private final AnswerMemory.Held held;
    private final long most;
    private final long patienceMillis;
    private long taken;

    /**
     * @param room that is taken; null where answers are too small to be counted
     * @param held what is taken; given back by the caller
     * @param most bytes of a body, before and after its coding is undone
     * @param patienceMillis how long to wait for room
     */
    AnswerBody(AnswerMemory room, AnswerMemory.Held held, long most, long patienceMillis) {
        this.room = room;
        this.held = held;
        this.most = most;
        this.patienceMillis = patienceMillis;
    }

    /**
     * @param in the body as it comes
     * @param length that its header promises, or -1
     * @param coding value of {@code Content-Encoding}, or null
     * @return the body, its coding undone; as it came where it does not keep to its coding
     * @throws NoRoom when it is too long
     * @throws IOException when it breaks off
     */
    byte[] read(InputStream in, long length, String coding) throws IOException {
        byte[] raw = readAll(in, length);
        return raw.length == 0 || coding == null ? raw : decoded(raw, coding.split(","));
    }

    /**
     * @param in the body as it comes
     * @param coding value of {@code Content-Encoding}, or null
     * @return its beginning: what comes after the most that may be read, or after it has broken off, is left out
     * @throws NoRoom when undoing its coding makes more of it than may be read
     */
    byte[] begin(InputStream in, String coding) throws NoRoom {
        byte[] all = new byte[(int) most];
        int n = 0;
        try {
            for (int more = 0; more >= 0 && n < all.length; n += Math.max(more, 0)) {
                more = in.read(all, n, all.length - n);
            }
        } catch (IOException e) {
            // what came before counts
        }
        byte[] raw = Arrays.copyOf(all, n);
        return n == 0 || coding == null ? raw : decoded(raw, coding.split(","));
    }

    private byte[] decoded(byte[] raw, String[] codings) throws NoRoom {
        byte[] body = raw;
        try {
            for (int i = codings.length - 1; i >= Math.max(0, codings.length - MOST_CODINGS); i--) {
                body = decoded(body, codings[i].trim().toLowerCase(Locale.ROOT));
            }
            return body;
        } catch (NoRoom e) {
            throw e;
        } catch (IOException e) {
            return raw;
        }
    }

    private byte[] decoded(byte[] body, String coding) throws IOException {
        return switch (coding) {
            case "gzip", "x-gzip" -> readAll(new GZIPInputStream(new ByteArrayInputStream(body)), -1);
            case "deflate" -> readAll(new InflaterInputStream(new ByteArrayInputStream(body)), -1);
            default -> body;
        };
    }

    private byte[] readAll(InputStream in, long length) throws IOException {
        if (length > most) {
            throw new NoRoom(most);
        }
        if (length >= 0) {
            take(length);
            byte[] all = new byte[(int) length];
            if (in.readNBytes(all, 0, all.length) < all.length) {
                throw new EOFException("the body ended early");
            }
            return all;
        }
        List<byte[]> pieces = new ArrayList<>();
        long read = 0;
        for (int next = FIRST_PIECE; ; next = Math.min(LARGEST_PIECE, next * 2)) {
            int size = (int) Math.min(next, most + 1 - read);
            take(read + size);
            byte[] piece = new byte[size];
            int n = in.readNBytes(piece, 0, size);
            read += n;
            if (read > most) {
                throw new NoRoom(most);
            }
            pieces.add(piece);
            if (n < size) {
                return joined(pieces, (int) read);
            }
        }
    }

    /** As it came and with its coding undone a body counts once: the larger of both. */
    private void take(long bytes) throws NoRoom {
        if (room == null || bytes <= taken) {
            return;
        }
        if (!room.take(held, bytes - taken, patienceMillis)) {
            throw new NoRoom(0);
        }
        taken = bytes;
    }

    private static byte[] joined(List<byte[]> pieces, int length) {
        byte[] all = new byte[length];
        int at = 0;
        for (int i = 0; i < pieces.size(); i++) {
            int n = Math.min(pieces.get(i).length, length - at);
            System.arraycopy(pieces.get(i), 0, all, at, n);
            pieces.set(i, null); // while the next are copied it may go
            at += n;
        }
        return all;
    }
}
