package io.jobrelay.support;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.slf4j.LoggerFactory;

/** A step for the routes of a {@link RelayProcess}: does what the file {@code trouble} of the working folder says, to whom it names. */
public final class Trouble {

    private Trouble() {
    }

    /**
     * @param folder of a relay
     * @param kind what is to happen, see below
     * @param to a word in the message
     * @throws IOException when it cannot be written
     */
    public static void make(Path folder, String kind, String to) throws IOException {
        Path draft = Files.writeString(folder.resolve("trouble.draft"), kind + " " + to);
        Files.move(draft, folder.resolve("trouble"));
    }

    /**
     * @param exchange whose message may name what trouble is made of
     * @throws Exception or an Error, as the file says
     */
    public static void maybe(Exchange exchange) throws Exception {
        Path file = Path.of("trouble");
        String[] words = Files.exists(file) ? Files.readString(file).split(" ") : null;
        if (words == null || !exchange.getMessage().getBody(String.class).contains(words[1])) {
            return;
        }
        Error error = new OutOfMemoryError("Cannot reserve 1048576 bytes of direct buffer memory");
        switch (words[0]) {
            case "step" -> throw error;
            case "wrapped" -> throw new SQLException("Out of memory.", "90108", 90_108, error);
            case "assertion" -> throw new AssertionError("what cannot be");
            case "thread" -> new Thread(() -> {
                throw error;
            }).start();
            case "vertx" -> exchange.getContext().getRegistry().lookupByNameAndType("relay-vertx", Vertx.class).runOnContext(v -> {
                throw error;
            });
            case "schedule" -> exchange.getContext().getExecutorServiceManager().newSingleThreadScheduledExecutor(error, "trouble").schedule(() -> {
                throw error;
            }, 0, TimeUnit.MILLISECONDS);
            case "log" -> LoggerFactory.getLogger("some.library").warn("A task failed", new IllegalStateException(error));
            default -> throw new IllegalArgumentException(words[0]);
        }
    }
}
