package io.jobrelay.protocol;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The path of a request as the relay wrote it, whatever proxies have made of it on the way: a slash more, behind it or in it, parameters of a
 * segment ({@code ;x=y}), unreserved characters percent-encoded, dots, hexadecimal digits in lower case (RFC 3986, 6.2.2).
 */
public final class PublicPath {

    private PublicPath() {
    }

    /**
     * @param raw path as it came, without its query
     * @return the same as the relay writes it; the same again for what this returned
     */
    public static String of(String raw) {
        if (raw.startsWith("/") && raw.indexOf('%') < 0 && raw.indexOf(';') < 0 && !raw.contains("//") && !raw.contains("/.")
                && (raw.length() == 1 || !raw.endsWith("/"))) {
            return raw;
        }
        List<String> segments = new ArrayList<>();
        for (String segment : raw.split("/")) {
            int parameters = segment.indexOf(';');
            String plain = decoded(parameters < 0 ? segment : segment.substring(0, parameters));
            if (plain.equals("..")) {
                if (!segments.isEmpty()) {
                    segments.remove(segments.size() - 1);
                }
            } else if (!plain.isEmpty() && !plain.equals(".")) {
                segments.add(plain);
            }
        }
        return "/" + String.join("/", segments);
    }

    private static String decoded(String segment) {
        if (segment.indexOf('%') < 0) {
            return segment;
        }
        StringBuilder plain = new StringBuilder(segment.length());
        for (int i = 0; i < segment.length(); i++) {
            char c = segment.charAt(i);
            int meant = c == '%' ? PercentCode.byteAt(segment, i) : -1;
            if (meant < 0) {
                plain.append(c);
                continue;
            }
            plain.append(PercentCode.isUnreserved((char) meant) ? (char) meant : segment.substring(i, i + 3).toUpperCase(Locale.ROOT));
            i += 2;
        }
        return plain.toString();
    }
}
