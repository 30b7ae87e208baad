package io.jobrelay.check;

import io.jobrelay.protocol.Redaction;

/**
 * Something that is wrong with a profile.
 *
 * @param line where, from 1; 0 when it is not known
 * @param said which member, what is wrong with it, and what it takes; without a full stop
 */
public record ProfileProblem(int line, String said) {

    /**
     * @param file name below {@code routes/}
     * @return one sentence that names file, line and member; what could be a secret is masked in it
     */
    public String sentence(String file) {
        String sentence = Redaction.of(said.strip().replaceAll("\\s*\\R\\s*", " ").replaceFirst("\\.$", ""));
        return file + (line > 0 ? ", line " + line : "") + ": " + sentence + (sentence.endsWith("?") ? "" : ".");
    }
}
