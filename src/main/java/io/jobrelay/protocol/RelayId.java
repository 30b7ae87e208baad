package io.jobrelay.protocol;

import java.util.regex.Pattern;

/** The relay's own ids, of jobs and of intakes. */
public final class RelayId {

    /** What one looks like, as a regular expression without groups. */
    public static final String LIKE = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";

    private static final Pattern ID = Pattern.compile(LIKE);

    private RelayId() {
    }

    /**
     * @param text from outside
     * @return whether it may be one
     */
    public static boolean is(String text) {
        return ID.matcher(text).matches();
    }
}
