package io.jobrelay.http;

import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpEngine;

/** Puts a route on the admin port: consumers find their router by the port their engine names. */
public final class AdminEngine extends VertxPlatformHttpEngine {

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
}
