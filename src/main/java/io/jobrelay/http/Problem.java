package io.jobrelay.http;

/** A request that cannot be answered as asked: an HTTP status and one sentence for the caller, which never repeats a value of the request. */
public class Problem extends RuntimeException {

    private final int status;

    /**
     * @param status 4xx or 5xx
     * @param sentence naming the member or parameter, what is wrong with it and what it takes
     */
    public Problem(int status, String sentence) {
        super(sentence);
        this.status = status;
    }

    /** @return the HTTP status to answer with */
    public int status() {
        return status;
    }
}
