package io.jobrelay.watch;

import io.jobrelay.api.ApiAnswer;
import io.jobrelay.protocol.Redaction;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.camel.Variable;

/**
 * Remembers when the API was last heard of: the last callback at a signed URL, and its last answer to anything asked. It is what this
 * process has seen since its start, and nothing depends on it.
 */
public final class LastHeard {

    private record Answer(long at, String what) {
    }

    private final Clock clock;
    private volatile Long callback;
    private volatile Answer answer;

    /** @param clock the relay's */
    public LastHeard(Clock clock) {
        this.clock = clock;
    }

    /** @param row from {@code relay-webhook}; only one at a signed URL is the API's */
    public void callback(Map<String, Object> row) {
        if ("signed".equals(row.get("kind"))) {
            callback = clock.millis();
        }
    }

    /** @param came what came of a call: a token request, a submit or a poll */
    public void answered(@Variable("answer") ApiAnswer came) {
        answer = new Answer(clock.millis(), Redaction.of(came.summary()));
    }

    /** @return details for health: ages in seconds; what has not been seen yet is left out */
    public Map<String, Object> details() {
        Map<String, Object> details = new LinkedHashMap<>();
        if (callback != null) {
            details.put("lastCallbackAgeSeconds", age(callback));
        }
        Answer last = answer;
        if (last != null) {
            details.put("lastApiAnswer", last.what());
            details.put("lastApiAnswerAgeSeconds", age(last.at()));
        }
        return details;
    }

    private long age(long at) {
        return Math.max(0, clock.millis() - at) / 1000;
    }
}
