package io.jobrelay.forward;

import io.jobrelay.flow.HandOver;
import io.jobrelay.flow.Lease;
import java.util.List;
import java.util.Map;

/** What a round of deliveries goes by: whose they may be, how many, and whose they are from then on. */
public final class DeliveryRound {

    private final HandOver hands;
    private final Lease lease;
    private final int batch;

    /**
     * @param hands of the sinks
     * @param lease claims deliveries
     * @param batch {@code relay.poll.batch-size}
     */
    public DeliveryRound(HandOver hands, Lease lease, int batch) {
        this.hands = hands;
        this.lease = lease;
        this.batch = batch;
    }

    /**
     * @return {@code free}, the sinks that a route serves and that have a free hand; {@code most}, how many deliveries may be claimed, all of which
     *     may be one sink's; and the {@code claim}
     */
    public Map<String, Object> next() {
        List<String> free = hands.freeParties();
        return Map.of("free", free, "most", Math.min(batch, free.stream().mapToInt(hands::room).min().orElse(0)), "claim", lease.claim());
    }
}
