package io.jobrelay.port;

import io.jobrelay.webhook.Webhook;
import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.camel.TypeConverter;
import org.apache.camel.component.platform.http.PlatformHttpEndpoint;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpConsumer;
import org.apache.camel.spi.HeaderFilterStrategy;
import org.apache.camel.support.MessageHelper;
import org.apache.camel.support.ObjectHelper;
import org.apache.camel.support.http.HttpUtil;

/**
 * Camel's consumer, but for the thread: Camel's keeps one for a request until it is answered, and with a hundred callbacks that wait for the
 * same commit the system would do little else than put a hundred threads to sleep and wake them. Here a step that waits gives its thread back.
 * The answer is small and written at once; of an exception it tells nothing ({@code muteException}).
 */
final class CallbackConsumer extends VertxPlatformHttpConsumer {

    private final Executor workers;

    /** @param workers on which the steps of the route run */
    CallbackConsumer(PlatformHttpEndpoint endpoint, Processor processor, List<Handler<RoutingContext>> handlers, String routerName,
            Executor workers) {
        super(endpoint, processor, handlers, routerName);
        this.workers = workers;
    }

    @Override
    protected void handleRequest(RoutingContext ctx) {
        if (isSuspended()) {
            ctx.response().setStatusCode(503).end();
            return;
        }
        Context loop = ctx.vertx().getOrCreateContext();
        Exchange exchange = createExchange(false);
        exchange.setPattern(ExchangePattern.InOut);
        exchange.setProperty(Webhook.JOB, ctx.get(Webhook.JOB));
        processHttpRequest(exchange, ctx).onSuccess(read -> {
            try {
                workers.execute(() -> run(exchange, ctx, loop));
            } catch (RejectedExecutionException e) {
                failed(exchange, ctx, e);
            }
        }).onFailure(e -> failed(exchange, ctx, e));
    }

    private void run(Exchange exchange, RoutingContext ctx, Context loop) {
        try {
            createUoW(exchange);
        } catch (Exception e) {
            loop.runOnContext(now -> failed(exchange, ctx, e));
            return;
        }
        getAsyncProcessor().process(exchange, atOnce -> {
            try {
                byte[] body = exchange.getException() == null ? exchange.getMessage().getBody(byte[].class) : null;
                loop.runOnContext(now -> finish(exchange, body, ctx));
            } catch (RuntimeException e) {
                loop.runOnContext(now -> failed(exchange, ctx, e));
            }
        });
    }

    private void finish(Exchange exchange, byte[] body, RoutingContext ctx) {
        try {
            if (!ctx.response().ended() && !ctx.response().closed()) {
                answer(exchange, body, ctx);
            }
        } catch (RuntimeException e) {
            failed(exchange, ctx, e);
            return;
        }
        done(exchange);
    }

    private void answer(Exchange exchange, byte[] body, RoutingContext ctx) {
        Message message = exchange.getMessage();
        ctx.response().setStatusCode(HttpUtil.determineResponseCode(exchange, body == null || body.length == 0 ? null : body));
        HeaderFilterStrategy filter = getEndpoint().getHeaderFilterStrategy();
        TypeConverter converter = exchange.getContext().getTypeConverter();
        for (Map.Entry<String, Object> header : message.getHeaders().entrySet()) {
            HttpUtil.applyHeader(filter, exchange, ObjectHelper.createIterator(header.getValue(), null, true), converter, header.getKey(),
                    (values, first) -> {
                        if (first != null) {
                            ctx.response().putHeader(header.getKey(), values != null ? values : List.of(first));
                        }
                    });
        }
        String type = MessageHelper.getContentType(message);
        if (type != null) {
            ctx.response().putHeader(Exchange.CONTENT_TYPE, type);
        }
        ctx.end(Buffer.buffer(body == null ? new byte[0] : body));
    }

    private void failed(Exchange exchange, RoutingContext ctx, Throwable failure) {
        getExceptionHandler().handleException("A callback could not be answered", failure);
        ctx.fail(failure);
        done(exchange);
    }

    private void done(Exchange exchange) {
        doneUoW(exchange);
        releaseExchange(exchange, false);
    }
}
