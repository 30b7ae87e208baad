package io.jobrelay.forward;

import io.jobrelay.protocol.HeapShare;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.spi.Policy;

/**
 * Lets as many large outcomes, and large requests that are submitted, be in memory at once as it can hold; small ones pass by. The steps inside
 * begin when there is room; the claim is looked at only then, since it may have lapsed meanwhile. One sink has no more than half of the room, so
 * that one that is slow to take what it gets leaves the others the rest; and what is only being sent takes no more than its size.
 */
public final class OutcomeMemory implements Policy {

    /** The body as it was stored, the document, and what a sink makes of it. */
    private static final int COPIES = 4;
    private static final int KIB = 1024;
    private static final int SMALL_KIB = 64;
    private static final int PART_FOR_SMALL_ONES = 16;
    private static final String TAKEN = "relay-outcome-room";
    private final int all;
    private final Semaphore free;
    private final Map<String, Semaphore> shares = new ConcurrentHashMap<>();

    /** Half of the heap. */
    public OutcomeMemory() {
        this((int) Math.min(Integer.MAX_VALUE, HeapShare.part(2) / KIB));
    }

    /** @param all the room in KiB */
    OutcomeMemory(int all) {
        this.all = all;
        this.free = new Semaphore(all, true);
    }

    /** What one holds of all three: the sink's share and the room in KiB, and bytes of the heap's common account. */
    private static final class Taken {
        private final Semaphore share;
        private int ofShare;
        private int ofAll;
        private long ofHeap;

        Taken(Semaphore share, int ofShare, int ofAll, long ofHeap) {
            this.ofHeap = ofHeap;
            this.share = share;
            this.ofShare = ofShare;
            this.ofAll = ofAll;
        }
    }

    /**
     * @param wanted outcomes
     * @param sinks that there are
     * @return how many of them may be claimed for one sink at once: the small ones are read with the claim, before they find room here
     */
    public static int smallOnes(int wanted, int sinks) {
        return (int) Math.max(SMALL_KIB, Math.min(wanted, HeapShare.part(PART_FOR_SMALL_ONES) / KIB / SMALL_KIB / Math.max(1, sinks)));
    }

    @Override
    public void beforeWrap(Route route, NamedNode definition) {
        // the definition stays as it is
    }

    @Override
    public Processor wrap(Route route, Processor steps) {
        return exchange -> {
            Map<?, ?> row = exchange.getMessage().getBody(Map.class);
            int needed = needed(row.get("body_size"));
            if (needed == 0) {
                steps.process(exchange);
                return;
            }
            Semaphore share = shares.computeIfAbsent(String.valueOf(row.get("sink")), sink -> new Semaphore(half(), true));
            int ofShare = Math.min(needed, half());
            if (!share.tryAcquire(ofShare, 1, TimeUnit.HOURS)) {
                return; // the claim has lapsed long since
            }
            if (!free.tryAcquire(needed, 1, TimeUnit.HOURS)) {
                share.release(ofShare);
                return;
            }
            long ofHeap = HeapShare.take((long) needed * KIB, TimeUnit.HOURS.toMillis(1));
            if (ofHeap == 0) {
                free.release(needed);
                share.release(ofShare);
                return;
            }
            Taken taken = new Taken(share, ofShare, needed, ofHeap);
            exchange.setProperty(TAKEN, taken);
            try {
                steps.process(exchange);
            } finally {
                exchange.removeProperty(TAKEN);
                giveBack(taken, 0);
            }
        };
    }

    /**
     * Gives back what is not needed once the document has been read and is only written out.
     *
     * @param exchange inside
     * @param length of the document in bytes
     */
    void onlySending(Exchange exchange, long length) {
        if (exchange.getProperty(TAKEN) instanceof Taken taken) {
            giveBack(taken, (int) Math.min(all, length / KIB));
        }
    }

    private void giveBack(Taken taken, int kept) {
        int share = Math.max(0, taken.ofShare - kept);
        int more = Math.max(0, taken.ofAll - kept);
        long heap = Math.max(0, taken.ofHeap - (long) kept * KIB);
        taken.ofShare -= share;
        taken.ofHeap -= heap;
        HeapShare.give(heap);
        taken.ofAll -= more;
        taken.share.release(share);
        free.release(more);
    }

    private int half() {
        return Math.max(1, all / 2);
    }

    /** What is small has been read with its claim. The largest leave an eighth, or each would wait for all others to be gone. */
    private int needed(Object size) {
        long kib = size instanceof Number bytes ? bytes.longValue() / KIB : 0;
        return kib <= SMALL_KIB ? 0 : (int) Math.min(all - all / 8, kib * COPIES);
    }
}
