package io.jobrelay.spring;

import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;

/**
 * An answer in which every fault of the relay's own is 503: the sender comes again. No page tells what went wrong. That nobody serves a callback's
 * path is such a fault, too: its route has not been started, or has been stopped.
 */
final class OwnFaults extends HttpServletResponseWrapper {

    private static final int NOT_FOUND = 404;
    private static final int UNAVAILABLE = 503;
    private final int fault;

    private OwnFaults(HttpServletResponse response, int fault) {
        super(response);
        this.fault = fault;
    }

    /**
     * @param response to a callback
     * @return the same
     */
    static OwnFaults ofCallback(HttpServletResponse response) {
        return new OwnFaults(response, NOT_FOUND);
    }

    /**
     * @param response to whoever fetches something that need not be there
     * @return the same
     */
    static OwnFaults ofMedia(HttpServletResponse response) {
        return new OwnFaults(response, UNAVAILABLE);
    }

    @Override
    public void setStatus(int status) {
        boolean ours = status == fault || status >= 500;
        if (ours) {
            super.setHeader("Retry-After", "5");
        }
        super.setStatus(ours ? UNAVAILABLE : status);
    }

    @Override
    public void sendError(int status) {
        resetBuffer();
        setStatus(status);
    }

    @Override
    public void sendError(int status, String message) {
        sendError(status);
    }
}
