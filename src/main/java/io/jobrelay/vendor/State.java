package io.jobrelay.vendor;

import java.util.Locale;

/** What a vendor's word for a job means to us. */
public enum State {
    /** It goes on. */
    RUNNING("InProgress"),
    /** It has ended well. */
    SUCCESS("Success"),
    /** It has ended badly. */
    FAILURE("Fail"),
    /** It was cancelled, by whomever. */
    CANCELLED("Cancelled"),
    /** The vendor no longer has it. */
    EXPIRED("Expired");

    private final String status;

    State(String status) {
        this.status = status;
    }

    /** @return the status a job of ours then has */
    public String status() {
        return status;
    }

    /** @return our own word, in small letters, as profiles write it */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @return whether the job has ended */
    public boolean ended() {
        return this != RUNNING;
    }

    /**
     * @param word of ours, in small letters
     * @return the state
     */
    static State of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }
}
