package io.jobrelay.promises.safeedit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jobrelay.reload.SafeReload;
import io.jobrelay.support.RelayFixture;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.apache.camel.Route;

/** A relay on a copy of the real routes, and the hand of somebody who edits them. */
final class EditableRelay implements AutoCloseable {

    final RelayFixture relay;

    private EditableRelay(RelayFixture relay) {
        this.relay = relay;
    }

    static EditableRelay start(Path... upper) {
        return new EditableRelay(new RelayFixture().withOwnRoutes(upper).start());
    }

    static EditableRelay start(RelayFixture relay) {
        return new EditableRelay(relay.start());
    }

    @Override
    public void close() {
        relay.close();
    }

    /** @return a route of its own that answers with a text */
    static String route(String id, String text) {
        return """
                - route:
                    id: %s
                    routeConfigurationId: relay-propagate
                    from:
                      uri: direct
                      parameters:
                        name: %s
                      steps:
                        - setBody:
                            expression:
                              constant:
                                expression: "%s"
                """.formatted(id, id, text);
    }

    SafeReload reload() {
        return relay.context().hasService(SafeReload.class);
    }

    /** @return what a route answers; none when it is not there */
    String answer(String route) {
        return relay.context().getRoute(route) == null ? "none" : relay.run(route, null).getMessage().getBody(String.class);
    }

    Map<String, Route> routes() {
        return relay.context().getRoutes().stream().collect(Collectors.toMap(Route::getRouteId, r -> r));
    }

    Path file(String name) {
        return relay.routes().resolve(name);
    }

    void write(String name, String text) {
        try {
            Files.createDirectories(file(name).getParent());
            Files.writeString(file(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void delete(String name) {
        try {
            Files.deleteIfExists(file(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String read(String name) {
        try {
            return Files.readString(file(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void edit(String name, UnaryOperator<String> change) {
        String before = read(name);
        String after = change.apply(before);
        assertThat(after).isNotEqualTo(before);
        write(name, after);
    }

    /** Waits until something is as wanted. */
    static <T> void until(Supplier<T> found, T wanted) {
        await().atMost(RelayFixture.PATIENCE).until(() -> Objects.equals(found.get(), wanted));
    }

    /** Waits until a file is rejected, and returns the sentence. */
    String untilRejected(String name) {
        return await().atMost(RelayFixture.PATIENCE).until(
                () -> reload().rejected().stream().filter(s -> s.startsWith(name)).findFirst().orElse(null), Objects::nonNull);
    }

    /** Waits until a route has gone; calling it meanwhile would wait for it to come back. */
    void untilGone(String route) {
        until(() -> relay.context().getRoute(route) == null, true);
    }

    void untilAllAreTaken() {
        until(() -> reload().rejected().size(), 0);
    }
}
