package io.jobrelay.ops;

import java.util.regex.Pattern;

/** Takes out of a text what must appear in no log, error, metric or page. */
public final class Redaction {

    private static final int LONGEST = 500;
    private static final Pattern QUERY = Pattern.compile("(https?://[^\\s?\"'<>]*)\\?[^\\s\"'<>]*", Pattern.CASE_INSENSITIVE);
    private static final Pattern USER_INFO = Pattern.compile("([a-z][a-z0-9+.-]*://)[^\\s/@]+@", Pattern.CASE_INSENSITIVE);
    private static final Pattern CAPABILITY = Pattern.compile("\\b([0-9a-fA-F-]{36})\\.[A-Za-z0-9_-]{16,}");
    private static final Pattern SECRET = Pattern.compile(
            "(?i)(bearer |basic |whsec_|(?:access_token|assertion|password|client_secret|secret|jwt|token)[\"']?\\s*[=:]\\s*[\"']?)[^\\s\"',;&<>]+");
    private static final Pattern JWT = Pattern.compile("\\beyJ[A-Za-z0-9_-]{5,}\\.[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]*)?");
    private static final Pattern CONTROL = Pattern.compile("[\\p{Cntrl}]+");

    private Redaction() {
    }

    /**
     * @param text from anywhere; may be null
     * @return the same on one line of at most 500 characters, without queries, user information, signatures, tokens and secrets
     */
    public static String of(String text) {
        if (text == null) {
            return null;
        }
        String s = CONTROL.matcher(text.length() > 4 * LONGEST ? text.substring(0, 4 * LONGEST) : text).replaceAll(" ");
        s = USER_INFO.matcher(s).replaceAll("$1***@");
        s = QUERY.matcher(s).replaceAll("$1?***");
        s = CAPABILITY.matcher(s).replaceAll("$1.***");
        s = JWT.matcher(s).replaceAll("***");
        s = SECRET.matcher(s).replaceAll("$1***");
        return s.length() > LONGEST ? s.substring(0, LONGEST) + "…" : s;
    }

    /**
     * @param failure whatever was thrown
     * @return what went wrong in one redacted line: the innermost message, or the kind of failure where it has none
     */
    public static String of(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        String kind = root.getClass().getSimpleName();
        return root.getMessage() == null ? kind : of(kind + ": " + root.getMessage());
    }
}
