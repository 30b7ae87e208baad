package io.jobrelay.protocol;

import java.util.List;
import java.util.stream.StreamSupport;
import org.apache.camel.Message;

/** Headers of a request that may stand in it more than once: Camel makes lists of those, whose text is nobody's. */
public final class HeaderText {

    private HeaderText() {
    }

    /**
     * @param header as Camel has it: null, a value, or a list of values
     * @return each value as a text, in their order
     */
    public static List<String> all(Object header) {
        return header instanceof Iterable<?> values ? StreamSupport.stream(values.spliterator(), false).map(String::valueOf).toList()
                : header == null ? List.of() : List.of(header.toString());
    }

    /**
     * @param message with a request's headers
     * @param name of one
     * @return its first value, or null
     */
    public static String first(Message message, String name) {
        List<String> all = all(message.getHeader(name));
        return all.isEmpty() ? null : all.get(0);
    }
}
