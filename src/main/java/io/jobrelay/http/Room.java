package io.jobrelay.http;

/**
 * Counts the bytes that are held in memory at once. One holder at a time may go beyond what there is: a body that is larger than the room
 * is not lost, it only has to be the only one of its kind.
 */
public final class Room {

    private final long most;
    private long held;
    private Object beyond;

    /** @param most bytes that may be held at once, apart from the one holder that may go beyond */
    Room(long most) {
        this.most = most;
    }

    /** @return room for an eighth of the heap: each byte of a callback stands in memory several times until it is stored */
    public static Room forCallbacks() {
        return new Room(Runtime.getRuntime().maxMemory() / 8);
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
        if (held + bytes > most && beyond != holder) {
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
