package io.jobrelay.port;

import io.jobrelay.protocol.Problem;
import io.jobrelay.protocol.Redaction;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpRouter;
import org.apache.camel.support.LifecycleStrategySupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers on the admin port what never reaches a route: other paths, other methods, requests that are not HTTP as it should be. Camel
 * mounts its router below another one that it keeps to itself, so error handlers would not be asked; a last route is.
 */
public final class AdminErrors {

    private static final Logger LOG = LoggerFactory.getLogger(AdminErrors.class);
    private static final Problem NOT_FOUND = new Problem(Problem.Kind.UNKNOWN_PATH, "Nothing is served under this path.");
    private static final Problem NOT_ALLOWED = new Problem(Problem.Kind.METHOD_NOT_ALLOWED,
            "This path takes only the methods named in Allow.");
    private static final Problem TOO_LARGE = Problem.member(Problem.Kind.BODY_TOO_LARGE, "body", "The body is larger than what is read.");
    private static final Problem BAD = new Problem(Problem.Kind.BAD_REQUEST,
            "The path or the query is not percent-encoded as it should be.");
    private static final Problem INTERNAL = new Problem(Problem.Kind.INTERNAL,
            "The relay could not do this, by a fault of its own. Its log says more.");

    private AdminErrors() {
    }

    /**
     * Sets the answers when the context has started, and with it the admin port's router.
     *
     * @param context whose server it is, not started yet
     * @param port the admin port, {@code relay.admin.port}
     */
    public static void on(CamelContext context, int port) {
        context.addLifecycleStrategy(new LifecycleStrategySupport() {
            @Override
            public void onContextStarted(CamelContext started) {
                VertxPlatformHttpRouter router = VertxPlatformHttpRouter.lookup(started,
                        VertxPlatformHttpRouter.getRouterNameFromPort(port));
                if (router != null) { // a host may have no admin port
                    on(router);
                }
            }
        });
    }

    private static void on(Router router) {
        router.route().order(Integer.MAX_VALUE).handler(request -> {
            Set<String> methods = methods(router, request.normalizedPath());
            if (methods.isEmpty()) {
                answer(request, NOT_FOUND);
            } else {
                request.response().putHeader("Allow", String.join(", ", methods));
                answer(request, NOT_ALLOWED);
            }
        }).failureHandler(request -> {
            if (request.failure() instanceof HttpClosedException || request.response().closed()) {
                return; // the sender broke off: nobody waits for an answer, and nothing is wrong here
            }
            switch (request.statusCode()) {
                case 400 -> answer(request, BAD);
                case 413 -> answer(request, TOO_LARGE);
                case 401, 403, 404, 405 -> request.next();
                default -> {
                    LOG.error("A request was answered 500: {}", request.failure() == null ? "no reason was given"
                            : Redaction.of(request.failure()));
                    answer(request, INTERNAL);
                }
            }
        });
    }

    private static void answer(RoutingContext request, Problem problem) {
        if (!request.response().ended() && !request.response().headWritten()) {
            request.response().setStatusCode(problem.status()).putHeader("Content-Type", ProblemAnswer.MEDIA_TYPE)
                    .end(Buffer.buffer(ProblemAnswer.json(problem)));
        }
    }

    private static Set<String> methods(Router router, String path) {
        Set<String> methods = router.getRoutes().stream().filter(route -> takes(route, path)).flatMap(route -> route.methods().stream())
                .map(HttpMethod::name).collect(Collectors.toCollection(TreeSet::new));
        if (methods.contains("GET")) {
            methods.add("HEAD");
        }
        return methods;
    }

    private static boolean takes(Route route, String path) {
        if (route.getPath() == null || route.methods() == null) {
            return false;
        }
        StringBuilder pattern = new StringBuilder();
        for (String segment : route.getPath().split("/")) {
            if (!segment.isEmpty()) {
                pattern.append('/').append(segment.startsWith(":") ? "[^/]+" : Pattern.quote(segment));
            }
        }
        return path.matches(pattern + "/?");
    }
}
