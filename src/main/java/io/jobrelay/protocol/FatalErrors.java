package io.jobrelay.protocol;

import java.util.Optional;
import java.util.function.Consumer;

/**
 * Where an Error is told of: memory that is used up, threads that cannot be made, classes that are not there. After one nobody knows what still
 * works, so that a relay that runs by itself ends, and its supervisor starts it again; what was not finished is due again, as after any crash.
 * In another application nothing happens here: the process is not the relay's to end.
 */
public final class FatalErrors {

    private static final int DEEPEST = 50;
    private static volatile Consumer<String> end = reason -> { };

    private FatalErrors() {
    }

    /** @param ending gets why, in a few words, and does not come back; from now on it is called for each Error that is told of here */
    public static void install(Consumer<String> ending) {
        end = ending;
    }

    /**
     * @param failure whatever was thrown, or null
     * @return the Error that it is, or that caused it: libraries wrap one into an exception of their own
     */
    public static Optional<Error> in(Throwable failure) {
        Throwable t = failure;
        for (int depth = 0; t != null && depth < DEEPEST; depth++, t = t.getCause()) { // a cause may lead back to what it caused
            if (t instanceof Error error) {
                return Optional.of(error);
            }
        }
        return Optional.empty();
    }

    /** @param failure whatever was thrown; where an Error is in it, a relay that runs by itself ends */
    public static void see(Throwable failure) {
        in(failure).ifPresent(error -> end.accept(told(error)));
    }

    /** @param reason why a relay that runs by itself has to be started again, though it has seen no Error */
    public static void give(String reason) {
        end.accept(reason);
    }

    private static String told(Error error) {
        StackTraceElement[] stack = error.getStackTrace();
        return Redaction.of(error.getClass().getSimpleName() + (error.getMessage() == null ? "" : ": " + error.getMessage()))
                + (stack.length == 0 ? "" : " at " + stack[0]);
    }
}
