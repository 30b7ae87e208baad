package io.jobrelay.routes;

import io.jobrelay.protocol.Redaction;
import org.apache.camel.FailedToCreateRouteException;
import org.apache.camel.FailedToStartRouteException;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;

/** A file cannot take the place of what runs. Its message names file, line and cause in one sentence. */
public final class RejectedFile extends Exception {

    private final String file;
    private final String missing;

    /**
     * @param file its name below {@code routes/}
     * @param line where, from 1; 0 when it is not known
     * @param cause in words, without a full stop
     */
    RejectedFile(String file, int line, String cause) {
        this(file, line, cause, null);
    }

    /**
     * @param file its name below {@code routes/}
     * @param line where, from 1; 0 when it is not known
     * @param cause in words, without a full stop
     * @param missing what it needs of another file; null when that is not the cause
     */
    RejectedFile(String file, int line, String cause, String missing) {
        super(file + (line > 0 ? ", line " + line : "") + ": " + cause.strip().replaceAll("\\s*\\R\\s*", " ").replaceFirst("\\.$", "") + ".");
        this.file = file;
        this.missing = missing;
    }

    /** @return the name of the file, below {@code routes/} */
    public String file() {
        return file;
    }

    /** @return what it needs of another file, and that has not; null when something else is wrong */
    String missing() {
        return missing;
    }

    /**
     * @param file that was being read
     * @param failure what reading it threw
     * @return the same, naming the line where the failure knows it
     */
    public static RejectedFile of(RouteFile file, Throwable failure) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t instanceof MarkedYamlEngineException yaml && yaml.getProblemMark().isPresent()) {
                return new RejectedFile(file.name(), yaml.getProblemMark().get().getLine() + 1, yaml.getProblem());
            }
        }
        Route route = Route.of(failure);
        return route.rejected(file, 0);
    }

    /**
     * The route that Camel blames for a failure.
     *
     * @param id of the route; null when none is blamed
     * @param said what is said of it, for the step it stands at
     * @param what could not be done with it, such as {@code made}
     * @param root what went wrong underneath
     */
    public record Route(String id, String said, String what, Throwable root) {

        /**
         * @param failure that Camel threw
         * @return the route it speaks of, and what it says
         */
        public static Route of(Throwable failure) {
            String id = null;
            String said = "";
            String what = "started";
            Throwable root = failure;
            for (Throwable t = failure; t != null; t = t.getCause()) {
                root = t;
                if (t instanceof FailedToCreateRouteException create && create.getRouteId() != null) {
                    id = create.getRouteId();
                    said = String.valueOf(t.getMessage());
                    what = "made";
                } else if (t instanceof FailedToStartRouteException start && start.getRouteId() != null) {
                    id = start.getRouteId();
                }
            }
            return new Route(id, said, what, root);
        }

        /**
         * @param file that holds the route
         * @param line where; 0 when it is not known
         * @return the sentence
         */
        public RejectedFile rejected(RouteFile file, int line) {
            String message = root.getMessage();
            boolean sentence = message != null && message.contains(" "); // else it is the name of what was not found
            int place = line > 0 ? line : id != null ? file.lineOfId(id) : sentence || message == null ? 0 : file.lineOf(message);
            return new RejectedFile(file.name(), place, (id == null ? "" : "the route " + id + " cannot be " + what + ": ")
                    + (sentence ? Redaction.of(message) : Redaction.of(root)));
        }
    }
}
