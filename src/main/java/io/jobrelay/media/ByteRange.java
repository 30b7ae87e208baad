package io.jobrelay.media;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One piece of a file, as a {@code Range} header asks for it (RFC 9110, 14.1.2).
 *
 * @param from first byte, from 0
 * @param length how many bytes; 0 means that none can be had: 416
 */
record ByteRange(long from, long length) {

    private static final Pattern SINGLE = Pattern.compile("\\s*bytes\\s*=\\s*(\\d*)\\s*-\\s*(\\d*)\\s*", Pattern.CASE_INSENSITIVE);

    /**
     * @param header value of {@code Range}, or null
     * @param size of the file in bytes
     * @return the piece; empty when the whole is to be sent: no header, several pieces, or one that cannot be read
     */
    static Optional<ByteRange> of(String header, long size) {
        Matcher m = header == null ? null : SINGLE.matcher(header);
        if (m == null || !m.matches() || m.group(1).isEmpty() && m.group(2).isEmpty()) {
            return Optional.empty();
        }
        long last = number(m.group(2));
        if (m.group(1).isEmpty()) {
            long length = Math.min(last, size);
            return Optional.of(new ByteRange(size - length, length));
        }
        long from = number(m.group(1));
        if (m.group(2).isEmpty()) {
            last = Long.MAX_VALUE;
        } else if (last < from) {
            return Optional.empty();
        }
        return Optional.of(from >= size ? new ByteRange(0, 0) : new ByteRange(from, Math.min(last, size - 1) - from + 1));
    }

    /** More digits than a file can have bytes mean the end of it. */
    private static long number(String digits) {
        try {
            return digits.isEmpty() ? 0 : Long.parseLong(digits);
        } catch (NumberFormatException e) {
            return Long.MAX_VALUE;
        }
    }
}
