package io.jobrelay.doctor;

import io.jobrelay.client.Proxies;
import io.jobrelay.client.SmallCall;
import io.jobrelay.db.Database;
import io.jobrelay.doctor.Doctor.Check;
import io.jobrelay.doctor.Doctor.Result;
import io.jobrelay.protocol.Capability;
import io.jobrelay.protocol.Redaction;
import java.io.IOException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.support.ClassicRequestBuilder;
import org.springframework.jdbc.core.JdbcTemplate;

/** Calls the relay at its public URL, as the API would, by way of whatever stands in between. */
public final class PublicProbe {

    private static final int LARGEST_TOKEN_REPLY = 1_024;
    private static final Duration SLOW = Duration.ofSeconds(1);
    private final String path;
    private final Capability callbacks;
    private final Capability media;
    private final JdbcTemplate jdbc;
    private final SmallCall call = new SmallCall(Duration.ofSeconds(5), Duration.ofSeconds(10), Proxies.ofThisProcess());

    /**
     * @param path {@code relay.webhook.path}
     * @param callbacks signs callback URLs
     * @param media signs media URLs
     * @param database where what arrived is looked for
     */
    public PublicProbe(String path, Capability callbacks, Capability media, Database database) {
        this.path = path.replaceAll("/+$", "");
        this.callbacks = callbacks;
        this.media = media;
        this.jdbc = new JdbcTemplate(database.dataSource());
    }

    /**
     * @param base the public URL
     * @return whether a signed callback arrives, a validation token is echoed, and media can be fetched
     */
    public List<Check> look(String base) {
        List<Check> checks = new ArrayList<>();
        String nonce = "doctor-" + UUID.randomUUID().toString().substring(8).replace("-", "");
        try {
            callback(base, nonce, checks);
            token(base, nonce, checks);
            media(base, nonce, checks);
        } catch (IOException | IllegalArgumentException e) {
            checks.add(new Check("webhook", Result.FAILED, base + " cannot be reached (" + (cause(e) instanceof UnknownHostException
                    ? "its name cannot be found" : Redaction.of(e)) + "): check the tunnel or proxy, DNS, and relay.public-url."));
        } finally {
            jdbc.update("DELETE FROM relay_callback WHERE job = ?", nonce);
        }
        return checks;
    }

    private void callback(String base, String nonce, List<Check> checks) throws IOException {
        long began = System.nanoTime();
        SmallCall.Answer answer = send(ClassicRequestBuilder.post(base + path + "/" + callbacks.sign(nonce))
                .setEntity("{\"status\":\"Doctor\"}", ContentType.APPLICATION_JSON));
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        Integer arrived = jdbc.queryForObject("SELECT COUNT(*) FROM relay_callback WHERE job = ?", Integer.class, nonce);
        if (answer.status() != 200) {
            checks.add(new Check("webhook", Result.FAILED, "A signed callback through " + base + " was answered " + answer.status()
                    + ", and RingCentral takes exactly 200: the URL leads elsewhere, or a proxy answers for the relay. It must lead to"
                    + " the port in camel.server.port."));
        } else if (arrived == null || arrived == 0) {
            checks.add(new Check("webhook", Result.FAILED, "A signed callback through " + base + " was answered 200, but not by this relay:"
                    + " it is not in its database. Point relay.public-url to this one."));
        } else {
            checks.add(new Check("webhook", took.compareTo(SLOW) > 0 ? Result.WARNING : Result.OK, "A signed callback through " + base
                    + " arrived, was stored and answered 200 in " + took.toMillis() + " ms."));
        }
    }

    private void token(String base, String nonce, List<Check> checks) throws IOException {
        SmallCall.Answer answer = send(ClassicRequestBuilder.post(base + path).addHeader("Validation-Token", nonce)
                .setEntity(new byte[0], null));
        boolean echoed = answer.headers().stream().anyMatch(h -> h.getName().equalsIgnoreCase("Validation-Token") && nonce.equals(h.getValue()));
        int size = answer.body().length + answer.headers().stream()
                .mapToInt(h -> h.getName().length() + (h.getValue() == null ? 0 : h.getValue().length()) + 4).sum();
        if (answer.status() != 200 || !echoed) {
            checks.add(new Check("validation token", Result.FAILED, "It was answered " + answer.status() + (echoed ? "" : " and not echoed")
                    + ": a proxy drops the header Validation-Token, or the URL leads elsewhere."));
        } else {
            checks.add(size < LARGEST_TOKEN_REPLY ? new Check("validation token", Result.OK, "It is echoed, in " + size + " bytes.")
                    : new Check("validation token", Result.FAILED, "The reply has " + size
                            + " bytes, and the API takes less than 1024: a proxy adds too many headers."));
        }
    }

    /** A file that is not there, at a URL of ours: the relay answers 404 without a body; what stands in between would have a page to show. */
    private void media(String base, String nonce, List<Check> checks) throws IOException {
        SmallCall.Answer answer = send(ClassicRequestBuilder.get(base + "/media/" + media.sign(nonce) + "/probe.wav"));
        checks.add(answer.status() == 404 && answer.body().length == 0
                ? new Check("media", Result.OK, "Media URLs lead to this relay; it serves files of open jobs only.")
                : new Check("media", Result.FAILED, "A media URL was answered " + answer.status() + ", not by this relay: the proxy must pass"
                        + " /media/ on, too."));
    }

    private SmallCall.Answer send(ClassicRequestBuilder request) throws IOException {
        return call.send(request.addHeader("ngrok-skip-browser-warning", "1"));
    }

    private static Throwable cause(Throwable failure) {
        Throwable deepest = failure;
        while (deepest.getCause() != null) {
            deepest = deepest.getCause();
        }
        return deepest instanceof java.nio.channels.UnresolvedAddressException ? new UnknownHostException() : deepest;
    }
}
