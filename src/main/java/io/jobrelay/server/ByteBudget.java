package io.jobrelay.server;

import io.jobrelay.protocol.HeapShare;
import java.util.IdentityHashMap;
import java.util.Map;

/**
 * Counts the bytes that are held in memory at once. One holder at a time may go beyond what there is for all: a body that is larger than
 * that is not lost, it only has to be the only one of its kind. What the heap has no room for even then is never taken. The throttles of Camel
 * and the limits of Vert.x count calls, of which one may be a hundred thousand times another.
 */
public final class ByteBudget {

    private static final int PART_FOR_ALL = 8;
    private static final int PART_FOR_ONE_BEYOND = 3;
    private static final int PART_FOR_STRANGERS = 32;

    /** How many signed callbacks may be on the way in at once. */
    public static final int MOST_SIGNED = 900;

    /** How many requests without a signature may be on the way in at once; they take nothing from those with one. */
    public static final int MOST_UNSIGNED = 100;

    /** The largest body without a signature, in bytes. */
    public static final long LARGEST_UNSIGNED = 64 * 1024;

    private final long most;
    private final long mostOfOneBeyond;
    private final Map<Object, Long> held = new IdentityHashMap<>();
    private long shared;
    private Object beyond;

    /**
     * @param most bytes that may be held at once, apart from the one holder that may go beyond
     * @param mostOfOneBeyond bytes that this one may have; it takes nothing away from the others
     */
    ByteBudget(long most, long mostOfOneBeyond) {
        this.most = most;
        this.mostOfOneBeyond = mostOfOneBeyond;
    }

    /** @return room for an eighth of the heap, and a third for one that is larger: each byte of a callback stands in memory several times until it is stored */
    public static ByteBudget forCallbacks() {
        return new ByteBudget(HeapShare.part(PART_FOR_ALL), HeapShare.part(PART_FOR_ONE_BEYOND));
    }

    /** @return room for what comes without a signature: a small part of the heap, and nothing that signed callbacks need */
    public static ByteBudget forStrangers() {
        return new ByteBudget(HeapShare.part(PART_FOR_STRANGERS), HeapShare.part(PART_FOR_STRANGERS));
    }

    /**
     * @param bytes of one holder
     * @return whether there is ever room for them
     */
    public boolean fits(long bytes) {
        return bytes <= mostOfOneBeyond;
    }

    /**
     * @param holder of the bytes
     * @param bytes more that it holds
     * @return whether there is room for them; if not, nothing is counted and the holder is to let go of what it has
     */
    public synchronized boolean take(Object holder, long bytes) {
        long own = held.getOrDefault(holder, 0L) + bytes;
        if (holder != beyond && shared + bytes > most) {
            if (beyond != null || own > mostOfOneBeyond) {
                return false;
            }
            beyond = holder;
            shared -= own - bytes;
        }
        if (holder == beyond && own > mostOfOneBeyond) {
            return false;
        }
        shared += holder == beyond ? 0 : bytes;
        held.put(holder, own);
        return true;
    }

    /** @param holder that lets go of all that it took */
    public synchronized void give(Object holder) {
        Long own = held.remove(holder);
        if (beyond == holder) {
            beyond = null;
        } else if (own != null) {
            shared -= own;
        }
    }
}
