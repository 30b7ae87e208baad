package io.jobrelay.port;

import java.util.concurrent.Executor;
import org.apache.camel.Processor;
import org.apache.camel.component.platform.http.PlatformHttpEndpoint;
import org.apache.camel.component.platform.http.spi.PlatformHttpConsumer;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpEngine;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpRouter;

/** Puts the routes of the public port on its server, the webhook so that a callback holds no thread while it waits for its group to be stored. */
public final class PublicEngine extends VertxPlatformHttpEngine {

    private final String webhookPath;
    private final Executor workers;

    /**
     * @param webhookPath {@code relay.webhook.path}
     * @param workers on which a callback's steps run
     */
    public PublicEngine(String webhookPath, Executor workers) {
        this.webhookPath = webhookPath;
        this.workers = workers;
    }

    @Override
    public PlatformHttpConsumer createConsumer(PlatformHttpEndpoint endpoint, Processor processor) {
        return endpoint.getPath().equals(webhookPath)
                ? new CallbackConsumer(endpoint, processor, getHandlers(), VertxPlatformHttpRouter.getRouterNameFromPort(getServerPort()), workers)
                : super.createConsumer(endpoint, processor);
    }
}
