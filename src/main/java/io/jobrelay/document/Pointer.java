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

    private static final Pattern NO_ESCAPE = Pattern.compile("~(?![01])");

    /**
     * @param text of a profile
     * @return the place it names
     * @throws IllegalArgumentException when it is no JSON Pointer
     */
    public static Pointer of(String text) {
        if (!text.isEmpty() && text.charAt(0) != '/' || NO_ESCAPE.matcher(text).find()) {
            throw new IllegalArgumentException(text + " is no JSON Pointer: it takes such as /job/id, or nothing for the whole document");
        }
        boolean names = text.endsWith("/*");
        String path = names ? text.substring(0, text.length() - 2) : text;
        return new Pointer(text, steps(path), names);
    }

    /**
     * @param text a JSON Pointer
     * @return its steps from the outside in, whatever they are called
     */
    public static List<String> steps(String text) {
        return text.isEmpty() ? List.of() : Stream.of(text.substring(1).split("/", -1))
                .map(step -> step.replace("~1", "/").replace("~0", "~")).toList();
    }

    /**
     * @param parent pointer of an object
     * @param name of a member
     * @return its pointer
     */
    public static String below(String parent, String name) {
        return parent + "/" + name.replace("~", "~0").replace("/", "~1");
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
