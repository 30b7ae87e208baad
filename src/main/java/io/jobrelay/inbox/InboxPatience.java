package io.jobrelay.inbox;

import io.jobrelay.config.Keys;

/**
 * How long files are left to whoever may still be writing them.
 *
 * @param stillFor {@code relay.inbox.still-for}, in nanoseconds
 * @param rejectAfter {@code relay.inbox.reject-after}, in nanoseconds: for those that may not be finished
 * @param whatThen what becomes of one that may not be finished, in a sentence
 */
record InboxPatience(long stillFor, long rejectAfter, String whatThen) {

    private static final String STILL_FOR = "relay.inbox.still-for";
    private static final String REJECT_AFTER = "relay.inbox.reject-after";

    static InboxPatience of(Keys keys) {
        return new InboxPatience(keys.duration(STILL_FOR).toNanos(), keys.duration(REJECT_AFTER).toNanos(),
                "It is rejected when it has not changed for " + keys.required(REJECT_AFTER) + " (" + REJECT_AFTER + ").");
    }

    /** @return whether files are taken as they are */
    boolean none() {
        return stillFor == 0 && rejectAfter == 0;
    }
}
