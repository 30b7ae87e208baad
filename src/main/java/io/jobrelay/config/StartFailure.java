package io.jobrelay.config;

import io.jobrelay.protocol.Redaction;
import java.nio.file.InvalidPathException;
import java.sql.SQLException;

/** The relay cannot start. Its message is one sentence that names what is wrong, where, and what to do; no stack trace is shown for it. */
public class StartFailure extends RuntimeException {

    /** EX_CONFIG of sysexits.h: a supervisor need not try again before somebody has corrected the configuration. */
    public static final int REFUSED = 78;
    private static final int PASSING = 1;

    private final int exitStatus;

    /** @param sentence what is wrong, where, and what to do */
    public StartFailure(String sentence) {
        this(sentence, null);
    }

    /**
     * @param sentence what is wrong, where, and what to do
     * @param cause what went wrong underneath, kept for debugging only
     */
    public StartFailure(String sentence, Throwable cause) {
        this(sentence, cause, REFUSED);
    }

    private StartFailure(String sentence, Throwable cause, int exitStatus) {
        super(sentence, cause);
        this.exitStatus = exitStatus;
    }

    /**
     * Makes one of what may be over by itself: a database that is away, a port that somebody still has, a name that is not known yet.
     *
     * @param sentence what is wrong, where, and what to do
     * @param cause what went wrong underneath, kept for debugging only
     * @return the failure, after which a supervisor tries again
     */
    public static StartFailure passing(String sentence, Throwable cause) {
        return new StartFailure(sentence, cause, PASSING);
    }

    /**
     * @param failure what was thrown, a {@code StartFailure} possibly deep inside
     * @param otherwise the status for anything else
     * @return the exit status that tells a supervisor whether to try again
     */
    public static int exitStatus(Throwable failure, int otherwise) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t instanceof StartFailure told) {
                return told.exitStatus;
            }
        }
        return otherwise;
    }

    /**
     * Finds the sentence to show for anything that stopped the start.
     *
     * @param failure what was thrown, the {@code StartFailure} possibly deep inside
     * @return the sentence of the {@code StartFailure}, or the redacted message of the root cause
     */
    public static String sentence(Throwable failure) {
        return sentence(failure, "The relay could not start: ");
    }

    /**
     * @param failure what was thrown, a {@code StartFailure} possibly deep inside
     * @param otherwise what to say before anything else that went wrong
     * @return the sentence of the {@code StartFailure}, or {@code otherwise} and the redacted message: the database's where it is the database that
     *     failed, else that of the root cause
     */
    public static String sentence(Throwable failure, String otherwise) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t instanceof StartFailure) {
                return t.getMessage();
            }
            if (t instanceof InvalidPathException path) {
                return "The path " + Redaction.of(path.getInput()) + " holds letters that cannot be written here (" + System.getProperty("sun.jnu.encoding")
                        + "). Set LC_ALL=C.UTF-8, or use a folder whose name is plain ASCII.";
            }
        }
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t instanceof SQLException) { // its cause is often a class name and no word, such as that of a connection which has ended
                return otherwise + "the database (relay.db.url) failed meanwhile: " + Redaction.of(String.valueOf(t.getMessage()));
            }
        }
        return otherwise + Redaction.of(failure);
    }
}
