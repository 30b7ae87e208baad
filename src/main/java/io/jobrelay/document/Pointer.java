package io.jobrelay.document;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A place in a document (RFC 6901). The empty text is the whole of it, and {@code *} as the last step the names of all members.
 *
 * @param text as it is written
 * @param steps names of members, or numbers of elements, from the outside in; without the {@code *}
 * @param names whether the names of the members that stand there are meant
 */
public record Pointer(String text, List<String> steps, boolean names) {

    private static final Pattern FORM = Pattern.compile("(/(?:[^~/]|~[01])*)*");

    /**
     * @param text of a profile
     * @return the place it names
     * @throws IllegalArgumentException when it is no JSON Pointer
     */
    public static Pointer of(String text) {
        if (!FORM.matcher(text).matches()) {
            throw new IllegalArgumentException(text + " is no JSON Pointer: it takes such as /job/id, or nothing for the whole document");
        }
        boolean names = text.endsWith("/*");
        String path = names ? text.substring(0, text.length() - 2) : text;
        return new Pointer(text, path.isEmpty() ? List.of() : Stream.of(path.substring(1).split("/", -1))
                .map(step -> step.replace("~1", "/").replace("~0", "~")).toList(), names);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Pointer pointer && pointer.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode(); // a text keeps its own: a place is looked up for each document
    }

    @Override
    public String toString() {
        return text;
    }
}
