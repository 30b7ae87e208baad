package io.jobrelay.bench;

import java.util.List;

/** A part of the benchmark, which can be run by itself. */
interface Part {

    /** @return what {@code -Dbench=} calls it */
    String name();

    /**
     * @param session what the parts share
     * @param kind of database
     * @param report gets the rows
     * @throws Exception whose message becomes the row of a part that failed
     */
    void measure(Session session, Kind kind, Report report) throws Exception;

    /** @return whether it loads the three applications that {@link Trio} keeps warm; such parts run one after the other */
    default boolean needsTrio() {
        return false;
    }

    /** @return the databases on which it says something */
    default List<Kind> kinds() {
        return List.of(Kind.values());
    }
}
