package io.jobrelay.server;

import io.jobrelay.protocol.Query;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.impl.HttpServerRequestInternal;
import io.vertx.core.impl.VertxInternal;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.support.LifecycleStrategySupport;

/**
 * A Vert.x whose HTTP servers bound their connections ({@link Connections}), close those on which nothing moves, and speak HTTP/1.1 only. Camel
 * makes the options of its servers inside and leaves them without any timeout, but takes a Vert.x that is bound. HTTP/2 is left out because
 * Camel resumes each request once more when the guard has read its body, which there is an error; who offers to upgrade (h2c) is answered in
 * HTTP/1.1. A target that is none, or not percent-encoded as it should be, and a request without a host are answered 400 in front of the
 * router, which would log them as exceptions of its own: anybody could fill the log.
 */
public final class ServerVertx {

    private static final int IDLE_SECONDS = 180;
    private static final Pattern TARGET = Pattern.compile("/|https?://[^/?#]", Pattern.CASE_INSENSITIVE);
    private static final String CONTINUE = "100-continue";

    /** Header fields of 16 kB and a target of 8 kB, and what stands around them. */
    private static final int LONGEST_FIELDS = 17 * 1024;
    private static final int LONGEST_FIRST_LINE = 8 * 1024 + 64;

    private ServerVertx() {
    }

    /**
     * @param context that is given the Vert.x; it is closed when the context has stopped
     * @param options of the Vert.x
     * @return the Vert.x to bind
     */
    public static Vertx make(CamelContext context, VertxOptions options) {
        // what it would keep there lies in memory already, and a killed process leaves a folder in /tmp behind, which need not be writable
        options.getFileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false);
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
                        ((HttpServerOptions) arguments[0]).setIdleTimeout(IDLE_SECONDS).setHttp2ClearTextEnabled(false).setUseAlpn(false)
                                .setMaxHeaderSize(LONGEST_FIELDS).setMaxInitialLineLength(LONGEST_FIRST_LINE);
                    }
                    Object result = call(vertx, method, arguments);
                    return result instanceof HttpServer server ? bounded(vertx, server, (HttpServerOptions) arguments[0]) : result;
                });
    }

    private static HttpServer bounded(Vertx vertx, HttpServer server, HttpServerOptions options) {
        Connections callers = Connections.of(options);
        server.connectionHandler(callers::came);
        callers.watch(vertx);
        return (HttpServer) Proxy.newProxyInstance(ServerVertx.class.getClassLoader(), new Class<?>[] {HttpServer.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("requestHandler") && arguments != null) {
                        @SuppressWarnings("unchecked")
                        Handler<HttpServerRequest> router = (Handler<HttpServerRequest>) arguments[0];
                        Handler<HttpServerRequest> first = request -> {
                            if (WatchedConnection.gone(request)) {
                                return; // it was sent one behind the other, and Vert.x would begin it all the same
                            }
                            if (wellFormed(request)) {
                                if (!CONTINUE.equalsIgnoreCase(request.getHeader(HttpHeaders.EXPECT))) {
                                    request.headers().remove(HttpHeaders.EXPECT); // nothing else is known, and may be passed over
                                }
                                router.handle(request);
                            } else {
                                request.response().putHeader(HttpHeaders.CONNECTION, "close").setStatusCode(400).end();
                            }
                        };
                        server.requestHandler(first);
                        return proxy;
                    }
                    Object result = call(server, method, arguments);
                    return result == server ? proxy : result;
                });
    }

    private static boolean wellFormed(HttpServerRequest request) {
        return TARGET.matcher(request.uri()).lookingAt() && request.path().startsWith("/") && Query.decodable(request.path())
                && (request.version() == HttpVersion.HTTP_1_0
                    || ((HttpServerRequestInternal) request).isValidAuthority());
    }

    private static Object call(Object target, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
