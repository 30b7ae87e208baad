package io.jobrelay.reload;

import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;

/** A file cannot take the place of what runs. Its message names file, line and cause in one sentence. */
final class Rejected extends Exception {

    private final String file;

    /**
     * @param file its name below {@code routes/}
     * @param line where, from 1; 0 when it is not known
     * @param cause in words, without a full stop
     */
    Rejected(String file, int line, String cause) {
        super(file + (line > 0 ? ", line " + line : "") + ": " + cause.strip().replaceAll("\\s*\\R\\s*", " ").replaceFirst("\\.$", "") + ".");
        this.file = file;
    }

    /** @return the name of the file, below {@code routes/} */
    String file() {
        return file;
    }

    /**
     * @param file that was being read
     * @param failure what reading it threw
     * @return the same, naming the line where the failure knows it
     */
    static Rejected of(RouteFile file, Throwable failure) {
        Throwable deepest = failure;
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t instanceof MarkedYamlEngineException yaml && yaml.getProblemMark().isPresent()) {
                return new Rejected(file.name(), yaml.getProblemMark().get().getLine() + 1, yaml.getProblem());
            }
            deepest = t;
        }
        String said = deepest.getMessage() == null ? deepest.getClass().getSimpleName() : deepest.getMessage();
        return new Rejected(file.name(), 0, io.jobrelay.ops.Redaction.of(said));
    }
}
