package io.jobrelay.server;

import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.component.platform.http.PlatformHttpEndpoint;
import org.apache.camel.component.platform.http.spi.PlatformHttpConsumer;
import org.apache.camel.component.platform.http.vertx.HttpMessage;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpEngine;
import org.apache.camel.support.processor.DelegateAsyncProcessor;

/** Puts a route on the admin port: consumers find their router by the port their engine names. */
public final class AdminEngine extends VertxPlatformHttpEngine {

    private static final String REQUEST = "relay-request";
    private final int port;

    /** @param port the admin port, {@code relay.admin.port} */
    public AdminEngine(int port) {
        this.port = port;
    }

    @Override
    protected void doInit() {
        // not registered as the context's engine: routes that name no engine belong to the public port
    }

    @Override
    public int getServerPort() {
        return port;
    }

    /** The first step that answers with a value takes the request's message away, and with it the way to write an answer in pieces. */
    @Override
    public PlatformHttpConsumer createConsumer(PlatformHttpEndpoint endpoint, Processor processor) {
        return super.createConsumer(endpoint, new DelegateAsyncProcessor(processor) {
            @Override
            public boolean process(Exchange exchange, AsyncCallback callback) {
                if (exchange.getMessage() instanceof HttpMessage request) {
                    exchange.setProperty(REQUEST, request);
                }
                return super.process(exchange, callback);
            }
        });
    }

    /**
     * @param exchange of a route on the admin port
     * @return what it began with; null on another server
     */
    static HttpMessage request(Exchange exchange) {
        return exchange.getProperty(REQUEST, HttpMessage.class);
    }
}
