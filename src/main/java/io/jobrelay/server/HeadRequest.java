package io.jobrelay.server;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;

/** HEAD is GET whose answer has no body: the request begins again as one, and the server leaves the body out. */
public final class HeadRequest {

    private static final String HEAD = "relay-head";

    private HeadRequest() {
    }

    /**
     * @param ctx a request at the front of its port
     * @return whether it was HEAD; if so it begins again as GET, and nothing more is to be done with it now
     */
    public static boolean begin(RoutingContext ctx) {
        if (ctx.request().method() == HttpMethod.HEAD) {
            ctx.put(HEAD, true);
            ctx.reroute(HttpMethod.GET, ctx.request().uri());
            return true;
        }
        ctx.request().headers().remove(HEAD); // what a stranger sent
        if (ctx.get(HEAD) != null) {
            ctx.request().headers().set(HEAD, "");
        }
        return false;
    }

    /**
     * @param request that is being answered
     * @return whether its answer has no body, and none needs to be read for it
     */
    static boolean is(HttpServerRequest request) {
        return request.headers().contains(HEAD);
    }
}
