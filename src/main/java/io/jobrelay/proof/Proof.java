package io.jobrelay.proof;

import com.fasterxml.jackson.databind.JsonNode;
import io.jobrelay.document.Document;
import io.jobrelay.document.Members;
import io.jobrelay.document.Place;
import io.jobrelay.document.Template;
import io.jobrelay.proof.Proofs.Verdict;
import io.jobrelay.protocol.Hmac;
import io.jobrelay.protocol.Sha256;
import io.jobrelay.vendor.Arrived;
import io.jobrelay.vendor.State;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One proof of a callback, signed and verified by the same lines. It is reckoned over the bytes of the body as they came, and compared in
 * constant time with all that it may be.
 */
final class Proof {

    private static final Duration TOLERANCE = Duration.ofMinutes(5);
    private static final Pattern TIME = Pattern.compile("\\d{1,12}");
    private static final int MOST_SIGNATURES = 16;
    private static final int LONGEST_ECHO = 1_000;
    private static final String ID = "webhook-id";
    private static final String TIMESTAMP = "webhook-timestamp";
    private static final String SIGNATURE = "webhook-signature";
    private static final String SECRET = "whsec_";
    private static final String PUBLIC_KEY = "whpk_";
    private static final String PRIVATE_KEY = "whsk_";

    private final JsonNode entry;
    private final String scheme;
    private final List<String> headers = new ArrayList<>();
    private final Template value;
    private final Template message;
    private final Place at;
    private final boolean optional;
    private final Duration tolerance;

    Proof(JsonNode entry) {
        this.entry = entry;
        this.scheme = entry.path("scheme").asText();
        JsonNode header = entry.path("header");
        (header.isArray() ? header : List.of(header)).forEach(one -> headers.add(one.asText()));
        this.value = Template.of(entry.path(entry.has("value") ? "value" : "secret").asText());
        this.message = Template.of(scheme.equals("standard-webhooks") ? "${header:" + ID + "}.${timestamp}.${body}" : entry.path("message").asText());
        this.at = Place.of(entry.get("at"));
        this.optional = entry.path("optional").asBoolean();
        this.tolerance = Members.duration(entry, "tolerance", TOLERANCE);
    }

    Set<String> names() {
        return value.names();
    }

    /** {@code failure} stands for every bad end, as it does where a profile says what a callback carries. */
    boolean applies(State state) {
        String end = entry.path("for").asText(null);
        return end == null || state != null && state.ended() && end.equals("success") == (state == State.SUCCESS);
    }

    Verdict verify(Arrived arrived, Document document, Material material, Clock clock) {
        return switch (scheme) {
            case "shared-header" -> shared(headers.stream().flatMap(name -> arrived.header(name).stream()).map(String::strip).toList(), material);
            case "body-echo" -> shared(Stream.ofNullable(document.text(at, LONGEST_ECHO)).toList(), material);
            case "basic" -> shared(arrived.header("Authorization").stream().filter(text -> text.regionMatches(true, 0, "Basic ", 0, 6))
                    .map(text -> decoded(text.substring(6).strip())).toList(), material);
            default -> signed(arrived, material, clock);
        };
    }

    private Verdict shared(List<String> given, Material material) {
        List<String> expected = values(material);
        if (given.isEmpty() || expected.isEmpty()) {
            return absent(given.isEmpty());
        }
        boolean good = false;
        for (String one : given) {
            for (String other : expected) {
                good |= MessageDigest.isEqual(one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
            }
        }
        return good ? Verdict.GOOD : Verdict.FORGED;
    }

    /** What is not there is no proof, whatever it would be verified with. */
    private Verdict absent(boolean nothingGiven) {
        return !nothingGiven ? Verdict.UNAVAILABLE : optional ? Verdict.GOOD : Verdict.FORGED;
    }

    /** A key or a signature, and whether it is one of Ed25519. */
    private record Piece(byte[] bytes, boolean asymmetric) {
    }

    private Verdict signed(Arrived arrived, Material material, Clock clock) {
        List<Piece> signatures = signatures(arrived);
        List<Piece> keys = keys(material, false);
        if (signatures.isEmpty() || keys.isEmpty()) {
            return absent(signatures.isEmpty());
        }
        String time = time(arrived);
        List<byte[]> parts = parts(arrived, time);
        boolean good = false;
        for (Piece key : parts == null ? List.<Piece>of() : keys) {
            byte[] wanted = key.asymmetric ? null : hmac(key.bytes, parts);
            for (Piece signature : signatures) {
                good |= key.asymmetric == signature.asymmetric && (wanted == null ? Ed25519.verifies(key.bytes, parts, signature.bytes)
                        : MessageDigest.isEqual(wanted, signature.bytes));
            }
        }
        boolean late = time != null && Math.abs(Long.parseLong(time) - clock.instant().getEpochSecond()) > tolerance.toSeconds();
        return !good ? Verdict.FORGED : late ? Verdict.STALE : Verdict.GOOD;
    }

    Map<String, String> sign(Arrived arrived, Material material, Clock clock, String id) {
        Map<String, String> signed = new LinkedHashMap<>();
        switch (scheme) {
            case "shared-header" -> signed.put(headers.get(0), first(values(material)));
            case "body-echo" -> { }
            case "basic" -> signed.put("Authorization",
                    "Basic " + Base64.getEncoder().encodeToString(first(values(material)).getBytes(StandardCharsets.UTF_8)));
            default -> sign(signed, arrived, material, Long.toString(clock.instant().getEpochSecond()), id);
        }
        return signed;
    }

    private void sign(Map<String, String> signed, Arrived arrived, Material material, String time, String id) {
        Map<String, Object> all = new LinkedHashMap<>(arrived.headers());
        for (String name : message.names()) {
            if (name.startsWith("header:") && arrived.header(name.substring(7)).isEmpty()) {
                signed.put(name.substring(7), id);
                all.put(name.substring(7), id);
            }
        }
        List<byte[]> parts = parts(new Arrived(arrived.body(), arrived.query(), all), time);
        List<String> signatures = new ArrayList<>();
        for (Piece key : keys(material, true)) {
            String written = encoded(key.asymmetric ? Ed25519.sign(key.bytes, parts) : hmac(key.bytes, parts));
            signatures.add(!standard() ? entry.path("prefix").asText() + written : (key.asymmetric ? "v1a," : "v1,") + written);
        }
        String signature = standard() && !signatures.isEmpty() ? String.join(" ", signatures) : first(signatures);
        if (standard()) {
            signed.put(TIMESTAMP, time);
            signed.put(SIGNATURE, signature);
        } else if (entry.has("parts")) {
            signed.put(headers.get(0), part("timestamp") + "=" + time + "," + part("signature") + "=" + signature);
        } else {
            signed.put(headers.get(0), signature);
            if (entry.has("timestamp")) {
                signed.put(entry.path("timestamp").path("header").asText(), time);
            }
        }
    }

    private boolean standard() {
        return scheme.equals("standard-webhooks");
    }

    private String part(String name) {
        return entry.path("parts").path(name).asText();
    }

    /** In seconds, as it stands; null where it does not. */
    private String time(Arrived arrived) {
        List<String> found = entry.has("parts") ? pairs(arrived, part("timestamp"))
                : standard() ? arrived.header(TIMESTAMP) : arrived.header(entry.path("timestamp").path("header").asText());
        return found.size() == 1 && TIME.matcher(found.get(0)).matches() ? found.get(0) : null;
    }

    private List<Piece> signatures(Arrived arrived) {
        if (standard()) {
            return arrived.header(SIGNATURE).stream().flatMap(text -> Stream.of(text.split(" "))).map(text -> text.split(",", 2))
                    .filter(pair -> pair.length == 2 && (pair[0].equals("v1") || pair[0].equals("v1a")))
                    .flatMap(pair -> bytes(pair[1], "base64").map(bytes -> new Piece(bytes, pair[0].equals("v1a")))).limit(MOST_SIGNATURES).toList();
        }
        String prefix = entry.path("prefix").asText();
        String separator = entry.path("separator").asText();
        Stream<String> texts = entry.has("parts") ? pairs(arrived, part("signature")).stream()
                : headers.stream().flatMap(name -> arrived.header(name).stream())
                        .flatMap(text -> separator.isEmpty() ? Stream.of(text) : Stream.of(text.split(Pattern.quote(separator))));
        return texts.map(String::strip).filter(text -> text.startsWith(prefix))
                .flatMap(text -> bytes(text.substring(prefix.length()), entry.path("encoding").asText()))
                .map(bytes -> new Piece(bytes, scheme.equals("ed25519"))).limit(MOST_SIGNATURES).toList();
    }

    /** Values of a name in a header of the form {@code t=...,v1=...}. */
    private List<String> pairs(Arrived arrived, String name) {
        return headers.stream().flatMap(header -> arrived.header(header).stream()).flatMap(text -> Stream.of(text.split(","))).map(String::strip)
                .filter(pair -> pair.startsWith(name + "=")).map(pair -> pair.substring(name.length() + 1)).toList();
    }

    /** What is signed, piece by piece, so that the body is not copied; null where something of it is not there. */
    private List<byte[]> parts(Arrived arrived, String time) {
        List<byte[]> parts = new ArrayList<>();
        for (Template.Part part : message.parts()) {
            String name = part.text();
            List<String> header = part.variable() && name.startsWith("header:") ? arrived.header(name.substring(7)) : List.of();
            String text = !part.variable() ? name : name.equals("timestamp") ? time : name.equals("body.sha256") ? Sha256.of(arrived.body())
                    : header.size() == 1 ? header.get(0) : null;
            if (text == null && !name.equals("body")) {
                return null;
            }
            parts.add(part.variable() && name.equals("body") ? arrived.body() : text.getBytes(StandardCharsets.UTF_8));
        }
        return parts;
    }

    private List<Piece> keys(Material material, boolean signs) {
        List<Piece> keys = new ArrayList<>();
        if (scheme.equals("ed25519")) {
            if (signs && material.seed() != null) {
                keys.add(new Piece(material.seed(), true));
            } else if (!signs) {
                material.keys(entry.path("keys").path("url").asText()).ifPresent(jwks -> jwks.keys().forEach(key -> keys.add(new Piece(key, true))));
            }
            return keys;
        }
        String encoding = entry.path("secretEncoding").asText(null);
        for (String secret : values(material)) {
            if (!standard()) {
                bytes(secret, encoding == null ? "utf8" : encoding).forEach(key -> keys.add(new Piece(key, false)));
            } else if (secret.startsWith(signs ? PRIVATE_KEY : PUBLIC_KEY)) {
                bytes(secret.substring(PUBLIC_KEY.length()), "base64").filter(key -> key.length >= Ed25519.KEY_BYTES) // a private one may hold both
                        .forEach(key -> keys.add(new Piece(Arrays.copyOf(key, Ed25519.KEY_BYTES), true)));
            } else if (secret.startsWith(SECRET)) {
                bytes(secret.substring(SECRET.length()), "base64").forEach(key -> keys.add(new Piece(key, false)));
            } else if (!secret.startsWith(PRIVATE_KEY) && !secret.startsWith(PUBLIC_KEY)) { // the libraries differ: as text, or as base64
                Stream.of("utf8", "base64").filter(one -> encoding == null || one.equals(encoding))
                        .forEach(one -> bytes(secret, one).forEach(key -> keys.add(new Piece(key, false))));
            }
        }
        return keys;
    }

    /** Each text that the value may be, by each of the secrets; none where one cannot be had. */
    private List<String> values(Material material) {
        List<String> values = List.of("");
        for (Template.Part part : value.parts()) {
            List<String> texts = part.variable() ? material.secrets(part.text()) : List.of(part.text());
            values = values.stream().flatMap(begun -> texts.stream().map(text -> begun + text)).toList();
        }
        return values.stream().filter(text -> !text.isEmpty()).toList();
    }

    private static String first(List<String> all) {
        if (all.isEmpty()) {
            throw new IllegalStateException("what a callback is signed with cannot be had");
        }
        return all.get(0);
    }

    private byte[] hmac(byte[] key, List<byte[]> parts) {
        return Hmac.of(entry.path("algorithm").asText("sha256"), key, parts);
    }

    private String encoded(byte[] signature) {
        return entry.path("encoding").asText().equals("hex") ? HexFormat.of().formatHex(signature) : Base64.getEncoder().encodeToString(signature);
    }

    /** None where the text is not so encoded, or nothing. */
    private static Stream<byte[]> bytes(String text, String encoding) {
        try {
            byte[] bytes = switch (encoding) {
                case "hex" -> HexFormat.of().parseHex(text);
                case "base64" -> Base64.getDecoder().decode(text);
                default -> text.getBytes(StandardCharsets.UTF_8);
            };
            return bytes.length == 0 ? Stream.empty() : Stream.of(bytes);
        } catch (IllegalArgumentException e) {
            return Stream.empty();
        }
    }

    private static String decoded(String base64) {
        return bytes(base64, "base64").map(bytes -> new String(bytes, StandardCharsets.UTF_8)).findFirst().orElse("");
    }
}
