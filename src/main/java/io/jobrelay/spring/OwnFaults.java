package io.jobrelay.spring;

import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;

/** An answer in which every fault of the relay's own is 503: the sender comes again. No page tells what went wrong. */
final class OwnFaults extends HttpServletResponseWrapper {

    private static final int UNAVAILABLE = 503;

    /** @param response to write to */
    OwnFaults(HttpServletResponse response) {
        super(response);
    }

    @Override
    public void setStatus(int status) {
        if (status >= 500) {
            super.setHeader("Retry-After", "5");
        }
        super.setStatus(status >= 500 ? UNAVAILABLE : status);
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
