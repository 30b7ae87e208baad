package io.jobrelay.http;

import java.io.ByteArrayOutputStream;

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
            if (c < 128 && (Character.isLetterOrDigit(c) || UNRESERVED.indexOf(c) >= 0)) {
                segment.append(c);
            } else {
                segment.append('%').append(HEX[c >> 4]).append(HEX[c & 0xf]);
            }
        }
        return segment.toString();
    }

    /**
     * @param segment in ASCII; every {@code %} in it begins an encoded byte
     * @return the bytes it stands for
     */
    public static byte[] decode(String segment) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(segment.length());
        for (int i = 0; i < segment.length(); i++) {
            char c = segment.charAt(i);
            if (c == '%') {
                bytes.write(Integer.parseInt(segment, i + 1, i + 3, 16));
                i += 2;
            } else {
                bytes.write(c);
            }
        }
        return bytes.toByteArray();
    }
}
