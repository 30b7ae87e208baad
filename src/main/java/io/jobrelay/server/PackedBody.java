package io.jobrelay.server;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.function.LongPredicate;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;

/**
 * A body that its sender has compressed ({@code gzip}, {@code deflate}), as it was before. A packed body of some kilobytes may be one of many
 * gigabytes: it is unpacked once to be counted, and once more when there is room for it.
 */
public final class PackedBody {

    private static final int PIECE = 16 * 1024;
    private static final int MOST_CODINGS = 3;

    /**
     * What came of it.
     *
     * @param status 200; 413 where it is longer than what is read; 503 where there is no room for it now
     * @param bytes the body; where it cannot be unpacked, or is not packed at all, as it came
     * @param held of the room, to be given back
     */
    public record Result(int status, byte[] bytes, long held) {
    }

    private PackedBody() {
    }

    /**
     * @param headers values of {@code Content-Encoding}, as many as there are
     * @return what was done to the body, the last first; empty where nothing was
     */
    public static List<String> codings(List<String> headers) {
        List<String> codings = new ArrayList<>();
        for (String header : headers) {
            for (String coding : header.toLowerCase(Locale.ROOT).split(",")) {
                if (!coding.isBlank() && !coding.strip().equals("identity")) {
                    codings.add(coding.strip());
                }
            }
        }
        Collections.reverse(codings);
        return codings;
    }

    /**
     * @param body as it came
     * @param length of it
     * @param codings from {@link #codings}
     * @param most bytes that it may have afterwards
     * @param room is asked once for so many bytes
     * @return the body as it was
     */
    public static Result unpack(byte[] body, int length, List<String> codings, long most, LongPredicate room) {
        try {
            long size = 0;
            byte[] piece = new byte[PIECE];
            try (InputStream in = plain(body, length, codings)) {
                for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
                    size += n;
                    if (size > most) {
                        return new Result(413, null, 0);
                    }
                }
            }
            if (!room.test(size)) {
                return new Result(503, null, 0);
            }
            try (InputStream in = plain(body, length, codings)) {
                return new Result(200, in.readNBytes((int) size), size);
            }
        } catch (IOException e) {
            return new Result(200, length == body.length ? body : Arrays.copyOf(body, length), 0);
        }
    }

    private static InputStream plain(byte[] body, int length, List<String> codings) throws IOException {
        if (codings.size() > MOST_CODINGS) {
            throw new IOException("packed more often than anybody does");
        }
        InputStream in = new ByteArrayInputStream(body, 0, length);
        for (String coding : codings) {
            in = switch (coding) {
                case "gzip", "x-gzip" -> new GZIPInputStream(in, PIECE);
                case "deflate" -> inflated(new BufferedInputStream(in));
                default -> throw new IOException("packed in another way");
            };
        }
        return in;
    }

    /** With or without the two bytes of zlib in front: the word was read both ways for so long that both are sent. */
    private static InputStream inflated(BufferedInputStream in) throws IOException {
        in.mark(2);
        int first = in.read();
        boolean zlib = (first & 0x0f) == 8 && (first << 8 | in.read()) % 31 == 0;
        in.reset();
        Inflater inflater = new Inflater(!zlib);
        return new InflaterInputStream(in, inflater, PIECE) {
            @Override
            public void close() throws IOException {
                super.close();
                inflater.end();
            }
        };
    }
}
