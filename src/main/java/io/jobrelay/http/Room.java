package io.jobrelay.http;

/**
 * Counts the bytes that are held in memory at once. One holder at a time may go beyond what there is for all: a body that is larger than
 * that is not lost, it only has to be the only one of its kind. What the heap has no room for even then is never taken.
 */
public final class Room {

    private static final int PART_FOR_ALL = 8;
    private static final int PART_WITH_ONE_BEYOND = 3;
    private static final int PART_FOR_STRANGERS = 32;

    private final long most;
    private final long mostWithOneBeyond;
    private long held;
    private Object beyond;

    /**
     * @param most bytes that may be held at once, apart from the one holder that may go beyond
     * @param mostWithOneBeyond bytes that may be held at once with that one
     */
    Room(long most, long mostWithOneBeyond) {
        this.most = most;
        this.mostWithOneBeyond = mostWithOneBeyond;
    }

    /** @return room for an eighth of the heap, a third with one that is larger: each byte of a callback stands in memory several times until it is stored */
    public static Room forCallbacks() {
        return new Room(Runtime.getRuntime().maxMemory() / PART_FOR_ALL, Runtime.getRuntime().maxMemory() / PART_WITH_ONE_BEYOND);
    }

    /** @return room for what comes without a signature: a small part of the heap, and nothing that signed callbacks need */
    public static Room forStrangers() {
        return new Room(Runtime.getRuntime().maxMemory() / PART_FOR_STRANGERS, Runtime.getRuntime().maxMemory() / PART_FOR_STRANGERS);
    }

    /**
     * @param bytes of one holder
     * @return whether there is ever room for them
     */
    public boolean fits(long bytes) {
        return bytes <= mostWithOneBeyond;
    }

    /**
     * @param holder of the bytes
     * @param bytes more that it holds
     * @return whether there is room for them; if not, nothing is counted and the holder is to let go of what it has
     */
    public synchronized boolean take(Object holder, long bytes) {
        if (held + bytes > most && beyond == null) {
            beyond = holder;
        }
        if (held + bytes > most && beyond != holder || held + bytes > mostWithOneBeyond) {
            return false;
        }
        held += bytes;
        return true;
    }

    /**
     * @param holder that lets go
     * @param bytes all that it took
     */
    public synchronized void give(Object holder, long bytes) {
        held -= bytes;
        if (beyond == holder) {
            beyond = null;
        }
    }
}
