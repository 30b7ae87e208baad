package io.jobrelay.webhook;

import io.jobrelay.config.Upstream;
import io.jobrelay.protocol.Capability;
import io.jobrelay.registry.Wiring;
import java.util.List;
import java.util.function.IntSupplier;
import org.apache.camel.Processor;

/**
 * How the world reaches the relay, and what it is told there.
 *
 * @param publicUrl the base of all that is told to the API
 * @param callbacks signs and verifies callback URLs
 * @param media signs and verifies media URLs
 * @param webhook sorts what arrives
 */
public record WebhookBeans(PublicUrl publicUrl, Capability callbacks, Capability media, Webhook webhook) {

    /**
     * @param wiring of the relay
     * @param upstream that calls back
     * @param secrets that sign, the first of them, and verify
     * @param port of the server that serves the webhook; null where {@code camel.server.port} says it
     * @return what other rooms need of it
     */
    public static WebhookBeans bind(Wiring wiring, Upstream upstream, List<String> secrets, IntSupplier port) {
        PublicUrl publicUrl = wiring.inHost() ? new PublicUrl(wiring.keys(), upstream, wiring.clock(), port)
                : new PublicUrl(wiring.keys(), upstream, wiring.clock());
        Capability callbacks = new Capability("callback", secrets);
        Capability media = new Capability("media", secrets);
        Webhook webhook = new Webhook(wiring.keys().required("relay.webhook.path"), callbacks, wiring.clock());
        wiring.registry().bind("relay-public-url", publicUrl);
        wiring.registry().bind("relay-callback-capability", callbacks);
        wiring.registry().bind("relay-media-capability", media);
        wiring.registry().bind("relay-webhook", webhook);
        wiring.registry().bind("relay-read-callback", (Processor) webhook::read);
        wiring.registry().bind("relay-answer-callback", (Processor) webhook::answer);
        return new WebhookBeans(publicUrl, callbacks, media, webhook);
    }
}
