package io.jobrelay.protocol;

import java.util.regex.Pattern;

/** Takes out of a text what must appear in no log, error, metric or page: values, never the words of a sentence. */
public final class Redaction {

    /** What stands where something was taken out. */
    public static final String MASK = "***";

    private static final int LONGEST = 500;

    // repetitions have an upper bound, so that a long text made to be searched again and again is not
    private static final Pattern QUERY = Pattern.compile("(https?://[^\\s?\"'<>]{0,4000})\\?[^\\s\"'<>]+", Pattern.CASE_INSENSITIVE);
    private static final Pattern USER_INFO = Pattern.compile("([a-z][a-z0-9+.-]{0,20}://)[^\\s/@]+@", Pattern.CASE_INSENSITIVE);
    private static final Pattern CAPABILITY = Pattern.compile("\\b([0-9a-fA-F-]{36})\\.[A-Za-z0-9_-]{16,}");
    private static final Pattern SECRET = Pattern.compile("(?i)(whsec_|(?:access_token|assertion|password|client_secret|secret|jwt|token)"
            + "(?:[\"']?\\s*=\\s*[\"']?|[\"']?\\s*:[\"']?|[\"']?\\s*:\\s*[\"'])|(?:access_token|assertion|password|client_secret|jwt)[\"']?\\s*:\\s+)"
            + "[^\\s\"',;&<>]+");
    // where a sentence may go on as well as a value: these words are no secrets, and what else follows may be one
    private static final Pattern PERHAPS_SECRET = Pattern.compile("(?i)(\\b(?:bearer|basic) |(?:secret|token)[\"']?\\s*:\\s+)"
            + "(?!(?:an?|and|any|api|are|as|at|auth(?:entication|orization)?|be|by|can(?:not)?|check|could|credentials?|expired|for|from|had|has|header"
            + "|if|in|invalid|is|it|its|missing|must|no|none|not|of|on|only|or|please|realm|refused|rejected|relay|required|revoked|scheme|see|server"
            + "|set|that|the|there|they|this|to|tokens?|unauthorized|unknown|use|was|were|when|which|with|without|wrong|you|your)(?![\\w.~+/=-]*[\\w~+/=-]))"
            + "[^\\s\"',;&<>]+");
    private static final Pattern JWT = Pattern.compile("\\beyJ[A-Za-z0-9_-]{5,4000}\\.[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]*)?");
    private static final Pattern SECRET_NAME = Pattern.compile(
            "(?i)(.*[^a-z])?(access|refresh|id|bearer|auth|api|session|client)?[_-]?(token|secret|password|passwd|jwt|assertion|authorization"
                    + "|credentials?|signature|api[_-]?key)");
    // what begins a new line or turns the direction of writing would let a text pass for another line of the log
    private static final Pattern CONTROL = Pattern.compile("[\\p{Cc}\\u2028-\\u202e\\u2066-\\u2069]+");

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
        s = masked(s);
        return s.length() > LONGEST ? s.substring(0, LONGEST) + "…" : s;
    }

    /**
     * @param text from anywhere
     * @return the same at any length and on as many lines, without queries, user information, signatures, tokens and secrets
     */
    public static String masked(String text) {
        String s = USER_INFO.matcher(text).replaceAll("$1***@");
        s = QUERY.matcher(s).replaceAll("$1?***");
        s = CAPABILITY.matcher(s).replaceAll("$1.***");
        s = JWT.matcher(s).replaceAll("***");
        s = SECRET.matcher(s).replaceAll("$1***");
        return PERHAPS_SECRET.matcher(s).replaceAll("$1***");
    }

    /**
     * @param member of a JSON object, or null
     * @return whether its value is a secret by its name, such as {@code access_token}, {@code clientSecret} or {@code password}
     */
    public static boolean isSecret(String member) {
        return member != null && SECRET_NAME.matcher(member.length() > 100 ? member.substring(member.length() - 100)
                : member.replaceAll("([a-z])([A-Z])", "$1_$2")).matches();
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
