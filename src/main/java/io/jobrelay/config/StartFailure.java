package io.jobrelay.config;

import io.jobrelay.ops.Redaction;

/** The relay cannot start. Its message is one sentence that names what is wrong, where, and what to do; no stack trace is shown for it. */
public class StartFailure extends RuntimeException {

    /** @param sentence what is wrong, where, and what to do */
    public StartFailure(String sentence) {
        super(sentence);
    }

    /**
     * @param sentence what is wrong, where, and what to do
     * @param cause what went wrong underneath, kept for debugging only
     */
    public StartFailure(String sentence, Throwable cause) {
        super(sentence, cause);
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
     * @return the sentence of the {@code StartFailure}, or {@code otherwise} and the redacted message of the root cause
     */
    public static String sentence(Throwable failure, String otherwise) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t instanceof StartFailure) {
                return t.getMessage();
            }
        }
        return otherwise + Redaction.of(failure);
    }
}
