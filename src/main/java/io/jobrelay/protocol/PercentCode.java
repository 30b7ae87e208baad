package io.jobrelay.protocol;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Percent-encoding of one path segment (RFC 3986, 2.1): bytes to ASCII and back, whatever the bytes mean. */
public final class PercentCode {

    private static final String UNRESERVED = "-._~";
    private static final char[] HEX = "0123456789ABCDEF".toCharArray();

    private PercentCode() {
    }

    /**
     * @param bytes of a segment
     * @return unreserved characters as they are, every other byte as {@code %XX}
     */
    public static String encode(byte[] bytes) {
        StringBuilder segment = new StringBuilder(bytes.length + 16);
        for (byte b : bytes) {
            char c = (char) (b & 0xff);
            if (isUnreserved(c)) {
                segment.append(c);
            } else {
                segment.append('%').append(HEX[c >> 4]).append(HEX[c & 0xf]);
            }
        }
        return segment.toString();
    }

    /**
     * @param c of a segment
     * @return whether it means the same encoded or not (RFC 3986, 2.3)
     */
    public static boolean isUnreserved(char c) {
        return c < 128 && (Character.isLetterOrDigit(c) || UNRESERVED.indexOf(c) >= 0);
    }

    /**
     * @param text that begins at a {@code %}
     * @param at where that is
     * @return the byte it begins, 0 to 255; -1 when no two hexadecimal digits follow
     */
    public static int byteAt(String text, int at) {
        return at + 2 < text.length() && HexFormat.isHexDigit(text.charAt(at + 1)) && HexFormat.isHexDigit(text.charAt(at + 2))
                ? HexFormat.fromHexDigits(text, at + 1, at + 3) : -1;
    }

    /**
     * @param segment every character of it is one byte, or three of them, the first a {@code %}, are one
     * @return the bytes it stands for
     * @throws IllegalArgumentException when no two hexadecimal digits follow a {@code %}
     */
    public static byte[] decode(String segment) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(segment.length());
        for (int i = 0; i < segment.length(); i++) {
            char c = segment.charAt(i);
            if (c == '%') {
                int meant = byteAt(segment, i);
                if (meant < 0) {
                    throw new IllegalArgumentException("not percent-encoded");
                }
                bytes.write(meant);
                i += 2;
            } else {
                bytes.write(c);
            }
        }
        return bytes.toByteArray();
    }

    /**
     * @param segment as {@link #decode} takes it
     * @return the text whose UTF-8 it stands for
     * @throws IllegalArgumentException when it stands for no such bytes
     */
    public static String text(String segment) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(decode(segment))).toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("not UTF-8", e);
        }
    }
}
