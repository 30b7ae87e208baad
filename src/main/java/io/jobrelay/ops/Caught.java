package io.jobrelay.ops;

import org.apache.camel.Exchange;

/** Says for the log what a policy has caught. A database repeats the row it refused, and with it what somebody submitted. */
public final class Caught {

    /**
     * @param exchange whose step failed
     * @return what went wrong, in one redacted line
     */
    public String told(Exchange exchange) {
        return Redaction.of(exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class));
    }
}
