package io.jobrelay.http;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.impl.VertxInternal;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.support.LifecycleStrategySupport;

/**
 * A Vert.x whose HTTP servers close connections on which nothing moves, and speak HTTP/1.1 only. Camel makes the options of its servers
 * inside and leaves them without any timeout, but takes a Vert.x that is bound: connections opened and forgotten would otherwise add up
 * until no more can be. HTTP/2 is left out because Camel resumes each request once more when the guard has read its body, which there is an
 * error; who offers to upgrade (h2c) is answered in HTTP/1.1. A path that is not percent-encoded as it should be is answered 400 in front of
 * the router, which would log it as an exception of its own: anybody could fill the log.
 */
public final class ServerVertx {

    private static final int IDLE_SECONDS = 180;

    private ServerVertx() {
    }

    /**
     * @param context that is given the Vert.x; it is closed when the context has stopped
     * @param options of the Vert.x
     * @return the Vert.x to bind
     */
    public static Vertx make(CamelContext context, VertxOptions options) {
        Vertx vertx = Vertx.vertx(options);
        context.addLifecycleStrategy(new LifecycleStrategySupport() {
            @Override
            public void onContextStopped(CamelContext stopped) {
                vertx.close().toCompletionStage().toCompletableFuture().orTimeout(5, TimeUnit.SECONDS).exceptionally(e -> null).join();
            }
        });
        return (Vertx) Proxy.newProxyInstance(ServerVertx.class.getClassLoader(), new Class<?>[] {VertxInternal.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("createHttpServer") && arguments != null) {
                        ((HttpServerOptions) arguments[0]).setIdleTimeout(IDLE_SECONDS).setHttp2ClearTextEnabled(false).setUseAlpn(false);
                    }
                    Object result = call(vertx, method, arguments);
                    return result instanceof HttpServer server ? withoutBrokenPaths(server) : result;
                });
    }

    private static HttpServer withoutBrokenPaths(HttpServer server) {
        return (HttpServer) Proxy.newProxyInstance(ServerVertx.class.getClassLoader(), new Class<?>[] {HttpServer.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("requestHandler") && arguments != null) {
                        @SuppressWarnings("unchecked")
                        Handler<HttpServerRequest> router = (Handler<HttpServerRequest>) arguments[0];
                        Handler<HttpServerRequest> first = request -> {
                            if (Query.decodable(request.path())) {
                                router.handle(request);
                            } else {
                                request.response().setStatusCode(400).end();
                            }
                        };
                        server.requestHandler(first);
                        return proxy;
                    }
                    Object result = call(server, method, arguments);
                    return result == server ? proxy : result;
                });
    }

    private static Object call(Object target, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
