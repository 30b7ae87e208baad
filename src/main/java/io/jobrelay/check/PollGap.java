package io.jobrelay.check;

import com.fasterxml.jackson.databind.JsonNode;
import io.jobrelay.document.Members;
import java.time.Duration;
import java.util.Optional;

/** How long a job may go without a poll: no longer than the vendor keeps its result. */
public final class PollGap {

    private PollGap() {
    }

    /**
     * @param profile with an operation merged into it
     * @return the time of silence until the first poll
     */
    public static Duration initialDelay(JsonNode profile) {
        return Members.duration(profile.path("poll"), "initialDelay", Duration.ofMinutes(10));
    }

    /**
     * @param profile with an operation merged into it
     * @return the longest gap between polls
     */
    public static Duration maxDelay(JsonNode profile) {
        return Members.duration(profile.path("poll"), "maxDelay", Duration.ofHours(1));
    }

    /**
     * @param profile with an operation merged into it
     * @param initial the time until the first poll
     * @param most the longest gap between polls
     * @return what is wrong with them, to be read after their name; nothing where a result is polled before the vendor has removed it, or is kept
     *     from another time
     */
    public static Optional<String> problem(JsonNode profile, Duration initial, Duration most) {
        JsonNode retention = profile.path("retention");
        Duration kept = Members.duration(retention, "result");
        boolean soonEnough = kept == null || !retention.path("from").asText().equals("completion") || !profile.path("status").isObject()
                || initial.compareTo(kept) < 0 && most.compareTo(kept) < 0;
        return soonEnough ? Optional.empty() : Optional.of(" lets the gap between polls reach retention.result (" + retention.get("result").asText()
                + " from completion): poll.initialDelay and poll.maxDelay (10m and 1h when left out) must be shorter, or results are lost");
    }
}
