package io.jobrelay.vendor;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import java.util.regex.Pattern;

/** A request that only asks whether somebody listens. A profile that does not say how it is told from a callback has none. */
public final class Handshake {

    private static final Pattern TOKEN = Pattern.compile("[\\x20-\\x7e]{1,512}");
    private final String header;

    private Handshake(String header) {
        this.header = header;
    }

    /**
     * @param member {@code callback.handshake} of a profile, or missing
     * @return the handshake
     */
    public static Handshake of(JsonNode member) {
        return new Handshake(member.path("when").path("body").asText().equals("empty") ? member.path("echo").path("header").asText(null) : null);
    }

    /** @return the header that is sent back; null where the vendor has no handshake */
    public String header() {
        return header;
    }

    /**
     * @param arrived request
     * @return whether it is one, however badly written
     */
    public boolean is(Arrived arrived) {
        return header != null && arrived.body().length == 0 && !arrived.header(header).isEmpty();
    }

    /**
     * @param arrived request
     * @return the first value that may be sent back; empty where there is none
     */
    public Optional<String> echo(Arrived arrived) {
        return header == null ? Optional.empty() : arrived.header(header).stream().filter(value -> TOKEN.matcher(value).matches()).findFirst();
    }
}
