package io.jobrelay.folder;

import io.jobrelay.protocol.PercentCode;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/**
 * A file's name as the disk has it: bytes, at most 255. Java turns names into text by the locale it was started in, and a name that does
 * not fit, such as one in UTF-8 under {@code LANG=C} or one in Latin-1, is lost on the way. The URI of a path has the bytes.
 *
 * @param bytes of the name
 */
public record RawName(byte[] bytes) {

    /** The longest name that file systems take, in bytes. */
    static final int LONGEST = 255;
    private static final Path ROOT = Path.of("/").toAbsolutePath();

    /**
     * @param path of a file or folder
     * @return the last name in it
     */
    public static RawName of(Path path) {
        String uri = path.toUri().getRawPath();
        String whole = uri.endsWith("/") ? uri.substring(0, uri.length() - 1) : uri;
        return new RawName(PercentCode.decode(whole.substring(whole.lastIndexOf('/') + 1)));
    }

    /**
     * @param folder an absolute one
     * @return the path of this name in it
     */
    public Path in(Path folder) {
        String uri = folder.toUri().toString();
        return Path.of(URI.create((uri.endsWith("/") ? uri : uri + "/") + PercentCode.encode(bytes)));
    }

    /** @return this name alone, as a relative path */
    public Path plain() {
        return in(ROOT).getFileName();
    }

    /** @return the name as UTF-8 text; one that is not UTF-8 has its bytes beyond ASCII as {@code %XX} */
    public String text() {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            StringBuilder text = new StringBuilder();
            for (byte b : bytes) {
                text.append(b >= 0 ? String.valueOf((char) b) : String.format(Locale.ROOT, "%%%02X", b & 0xff));
            }
            return text.toString();
        }
    }

    /** @return what follows the last dot, in lower case; empty when there is none */
    public String ending() {
        int from = dot() < 0 ? bytes.length : dot() + 1;
        return new String(bytes, from, bytes.length - from, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
    }

    /**
     * @param tail of a name, in ASCII
     * @return this name with the tail behind it, shortened before the tail where both together are too long
     */
    public RawName plus(String tail) {
        return join(bytes, tail.getBytes(StandardCharsets.US_ASCII), new byte[0]);
    }

    /**
     * @param mark in ASCII
     * @return {@code <base>-<mark>.<ending>}, the base shortened where the whole is too long
     */
    public RawName marked(String mark) {
        int end = dot() < 1 ? bytes.length : dot();
        byte[] middle = ("-" + mark).getBytes(StandardCharsets.US_ASCII);
        return join(Arrays.copyOf(bytes, end), middle, Arrays.copyOfRange(bytes, end, bytes.length));
    }

    private int dot() {
        for (int i = bytes.length - 1; i >= 0; i--) {
            if (bytes[i] == '.') {
                return i;
            }
        }
        return -1;
    }

    private static RawName join(byte[] base, byte[] middle, byte[] last) {
        byte[] end = last.length > LONGEST / 2 ? Arrays.copyOf(last, cut(last, LONGEST / 2)) : last;
        int room = cut(base, LONGEST - middle.length - end.length);
        ByteBuffer name = ByteBuffer.allocate(room + middle.length + end.length).put(base, 0, room).put(middle).put(end);
        return new RawName(name.array());
    }

    /** How many of the first {@code most} bytes there are, never ending inside a UTF-8 character. */
    private static int cut(byte[] name, int most) {
        int n = Math.min(name.length, most);
        while (n > 0 && n < name.length && (name[n] & 0xc0) == 0x80) {
            n--;
        }
        return n;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RawName name && Arrays.equals(bytes, name.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return text();
    }
}
