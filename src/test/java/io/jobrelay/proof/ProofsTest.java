package io.jobrelay.proof;

import static io.jobrelay.vendor.Drafts.bytes;
import static io.jobrelay.vendor.Drafts.yaml;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobrelay.document.Document;
import io.jobrelay.document.DocumentReader;
import io.jobrelay.document.Place;
import io.jobrelay.proof.Proofs.Verdict;
import io.jobrelay.vendor.Arrived;
import io.jobrelay.vendor.State;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each scheme takes what its vendor signed, by vectors that others have published or reckoned, and nothing else; and signs the same. */
class ProofsTest {

    private static final String SPEC = "{scheme: standard-webhooks, secret: \"${webhook-secret}\", tolerance: 5m}";
    private static final String FAL = "{scheme: ed25519, keys: {url: \"https://keys\"}, header: X-Fal-Webhook-Signature, encoding: hex,"
            + " timestamp: {header: X-Fal-Webhook-Timestamp}, message: \"${header:X-Fal-Webhook-Request-Id}\\n${header:X-Fal-Webhook-User-Id}\\n${timestamp}\\n${body.sha256}\"}";
    private static final byte[] SEED = HexFormat.of().parseHex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
    private static final String PUBLIC = "PUAXw-hDiVqStwqnTRt-vJyYLM8uxJaMwM1V8Sr0Zgw";

    private static Verdict verify(String entry, String body, long now, List<String> secrets, String... headers) {
        return verify("[" + entry + "]", null, body, now, secrets, headers);
    }

    private static Verdict verify(String verify, State state, String body, long now, List<String> secrets, String... headers) {
        Map<String, Object> all = new HashMap<>();
        for (int i = 0; i < headers.length; i += 2) {
            all.merge(headers[i], headers[i + 1], (a, b) -> List.of(a, b));
        }
        Arrived arrived = new Arrived(bytes(body), null, all);
        Document document = DocumentReader.of(List.of(Place.at("/extra/secret"))).read(arrived.body());
        return Proofs.of(yaml(verify)).verify(arrived, document, state, material(secrets), at(now));
    }

    private static Clock at(long seconds) {
        return Clock.fixed(Instant.ofEpochSecond(seconds), ZoneOffset.UTC);
    }

    private static Material material(List<String> secrets) {
        return new Material() {
            @Override
            public List<String> secrets(String variable) {
                return secrets;
            }

            @Override
            public Optional<Jwks> keys(String url) {
                return secrets.isEmpty() ? Optional.empty()
                        : Optional.of(Jwks.of(bytes("{\"keys\":[{\"kty\":\"RSA\",\"n\":\"x\"},{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" + PUBLIC + "\"}]}")));
            }

            @Override
            public byte[] seed() {
                return SEED;
            }
        };
    }

    @Test
    void the_example_of_standard_webhooks_holds_and_what_differs_in_anything_does_not() {
        List<String> secret = List.of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        String body = "{\"test\": 2432232314}";
        String signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        String[] good = {"webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek", "webhook-timestamp", "1614265330", "webhook-signature", signature};
        assertThat(verify(SPEC, body, 1614265330, secret, good)).isEqualTo(Verdict.GOOD);
        assertThat(verify(SPEC, body, 1614265330, List.of("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), good)).as("without its prefix").isEqualTo(Verdict.GOOD);
        assertThat(verify(SPEC, body, 1614265330, List.of("whsec_b3RoZXI=", secret.get(0)), good)).as("by each of several").isEqualTo(Verdict.GOOD);
        assertThat(verify(SPEC, body, 1614265330 + 300, secret, good)).isEqualTo(Verdict.GOOD);
        assertThat(verify(SPEC, body, 1614265330 + 301, secret, good)).isEqualTo(Verdict.STALE);
        assertThat(verify(SPEC, body, 1614265330 - 301, secret, good)).isEqualTo(Verdict.STALE);
        assertThat(verify(SPEC, "{\"test\":2432232314}", 1614265330, secret, good)).isEqualTo(Verdict.FORGED);
        assertThat(verify(SPEC, body, 1614265330 + 301, List.of("whsec_b3RoZXI="), good)).as("late as well").isEqualTo(Verdict.FORGED);
        assertThat(verify(SPEC, body, 1614265330, List.of(), good)).isEqualTo(Verdict.UNAVAILABLE);
        assertThat(verify(SPEC, body, 1614265330, List.of("whsec_no base64"), good)).as("a secret that is none").isEqualTo(Verdict.UNAVAILABLE);
        for (int changed = 1; changed < good.length; changed += 2) {
            String[] bad = good.clone();
            bad[changed] += "x";
            assertThat(verify(SPEC, body, 1614265330, secret, bad)).as(bad[changed]).isEqualTo(Verdict.FORGED);
            bad[changed - 1] = "x-other";
            assertThat(verify(SPEC, body, 1614265330, secret, bad)).as("without it").isEqualTo(Verdict.FORGED);
        }
        good[5] = "v1,b3RoZXI= v2,x " + signature + " v1a,AAAA";
        assertThat(verify(SPEC, body, 1614265330, secret, good)).as("one of several").isEqualTo(Verdict.GOOD);
        good[5] = "v1 ,, v1, " + signature.substring(3);
        assertThat(verify(SPEC, body, 1614265330, secret, good)).isEqualTo(Verdict.FORGED);
    }

    @Test
    void a_secret_of_standard_webhooks_without_a_prefix_may_be_a_plain_text() {
        assertThat(verify(SPEC, "{}", 1700000000, List.of("plain-secret"), "webhook-id", "m", "webhook-timestamp", "1700000000", "webhook-signature",
                "v1,FoMcOrDBwuqIddcIANpo3/IBilrvYWpW1Kgk1Iax+mM=")).isEqualTo(Verdict.GOOD);
    }

    @Test
    void a_public_key_of_standard_webhooks_takes_v1a_alone() {
        String[] headers = {"webhook-id", "msg_1", "webhook-timestamp", "1700000000", "webhook-signature",
            "v1a,vviQXkRN/b1H6tEsfiHZSmWG0SplaRdhL8oqbkKC7O1/IvGDgYhp1SHS38uH5bRaAeXTJAXxCeoFvCrWrcrXCw=="};
        List<String> key = List.of("whpk_PUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw=");
        assertThat(verify(SPEC, "{\"a\":1}", 1700000000, key, headers)).isEqualTo(Verdict.GOOD);
        assertThat(verify(SPEC, "{\"a\":2}", 1700000000, key, headers)).isEqualTo(Verdict.FORGED);
        assertThat(verify(SPEC, "{\"a\":1}", 1700000000, List.of("whsec_PUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw="), headers)).isEqualTo(Verdict.FORGED);
        assertThat(verify(SPEC, "{\"a\":1}", 1700000000, List.of("whpk_c2hvcnQ="), headers)).isEqualTo(Verdict.UNAVAILABLE);
        Map<String, String> signed = Proofs.of(yaml("[" + SPEC + "]")).sign(Arrived.of(bytes("{\"a\":1}")), null,
                material(List.of("whsk_TM0Imyj/ltqdtsNG7BFOD1uKMZ81q6Yk2oz27U+4pvs=")), at(1700000000), "msg_1");
        assertThat(signed).containsEntry("webhook-signature", headers[5]).containsEntry("webhook-id", "msg_1").containsEntry("webhook-timestamp", "1700000000");
    }

    /** RFC 8032, 7.1: tests 1 to 3. */
    @ParameterizedTest
    @CsvSource({
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60, d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a, '', "
                + "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb, 3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c, 72, "
                + "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7, fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025, af82, "
                + "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"})
    void the_vectors_of_rfc_8032_hold(String seed, String key, String message, String signature) {
        HexFormat hex = HexFormat.of();
        List<byte[]> parts = List.of(hex.parseHex(message));
        assertThat(hex.formatHex(Ed25519.sign(hex.parseHex(seed), parts))).isEqualTo(signature);
        assertThat(hex.formatHex(Ed25519.publicKey(hex.parseHex(seed)))).isEqualTo(key);
        assertThat(Ed25519.verifies(hex.parseHex(key), parts, hex.parseHex(signature))).isTrue();
        assertThat(Ed25519.verifies(hex.parseHex(key), List.of(new byte[] {1}), hex.parseHex(signature))).isFalse();
        assertThat(Ed25519.verifies(hex.parseHex(seed), parts, hex.parseHex(signature))).as("no such key").isFalse();
        assertThat(Ed25519.verifies(hex.parseHex(key), parts, new byte[3])).isFalse();
    }

    @Test
    void ed25519_is_reckoned_over_headers_time_and_the_digest_of_the_body() {
        String signature = "e9d307f389b7f09422225df2ea8f61e6180ce6b160d860610511ee0e325d2d53447d03417e3223082f9fa5e35e0837fd31ebf285d64cb46ec745fd7cfa552103";
        String[] headers = {"X-Fal-Webhook-Signature", signature, "x-fal-webhook-timestamp", "1700000000", "X-Fal-Webhook-Request-Id", "r1",
            "X-Fal-Webhook-User-Id", "u1"};
        List<String> some = List.of("x");
        assertThat(verify(FAL, "{\"request_id\":\"r1\"}", 1700000000, some, headers)).isEqualTo(Verdict.GOOD);
        assertThat(verify(FAL, "{\"request_id\":\"r1\"}", 1700000301, some, headers)).isEqualTo(Verdict.STALE);
        assertThat(verify(FAL, "{\"request_id\":\"r2\"}", 1700000000, some, headers)).isEqualTo(Verdict.FORGED);
        assertThat(verify(FAL, "{\"request_id\":\"r1\"}", 1700000000, List.of(), headers)).as("no keys").isEqualTo(Verdict.UNAVAILABLE);
        headers[7] = "u2";
        assertThat(verify(FAL, "{\"request_id\":\"r1\"}", 1700000000, some, headers)).isEqualTo(Verdict.FORGED);
        headers[6] = "x-other";
        assertThat(verify(FAL, "{\"request_id\":\"r1\"}", 1700000000, some, headers)).as("a part is not there").isEqualTo(Verdict.FORGED);
        assertThatThrownBy(() -> Jwks.of(bytes("{\"keys\":[]}"))).hasMessageContaining("no Ed25519 key");
        assertThatThrownBy(() -> Jwks.of(bytes("<html>"))).hasMessageContaining("no JSON");
        assertThat(Jwks.write(SEED)).contains(PUBLIC);
    }

    @Test
    void hmac_is_read_in_every_form_that_vendors_write() {
        String pyannote = "{scheme: hmac, algorithm: sha256, header: X-Signature, encoding: base64, timestamp: {header: X-Request-Timestamp},"
                + " message: \"v0:${timestamp}:${body}\", secret: \"${webhook-secret}\", tolerance: 15m}";
        String signed = "IdYqJA0BggcTodBtwK5SxIcO/wKOKS7L/dzgKZe0cds=";
        assertThat(verify(pyannote, "{\"jobId\":\"a\"}", 1700000899, List.of("whs_1"), "x-signature", signed, "X-Request-Timestamp", "1700000000")).isEqualTo(Verdict.GOOD);
        assertThat(verify(pyannote, "{\"jobId\":\"a\"}", 1700000901, List.of("whs_1"), "x-signature", signed, "X-Request-Timestamp", "1700000000")).isEqualTo(Verdict.STALE);
        assertThat(verify(pyannote, "{\"jobId\":\"a\"}", 1700000000, List.of("whs_1"), "x-signature", signed)).isEqualTo(Verdict.FORGED);
        assertThat(verify(pyannote, "{\"jobId\":\"a\"}", 1700000000, List.of("whs_1"), "x-signature", signed, "X-Request-Timestamp", "1700000000",
                "X-Request-Timestamp", "1700000001")).as("two times").isEqualTo(Verdict.FORGED);

        String elevenlabs = "{scheme: hmac, header: ElevenLabs-Signature, parts: {timestamp: t, signature: v0}, encoding: hex, message: \"${timestamp}.${body}\","
                + " secret: \"${webhook-secret}\", secretEncoding: utf8, tolerance: 30m}";
        String hex = "d2d62d89b2a4d5c65decb217c65834867f2e9959984a8ace81c2b59427a874de";
        assertThat(verify(elevenlabs, "{\"type\":\"x\"}", 1700000000, List.of("wsec_1"), "ElevenLabs-Signature", "t=1700000000,v0=" + hex)).isEqualTo(Verdict.GOOD);
        assertThat(verify(elevenlabs, "{\"type\":\"x\"}", 1700000000, List.of("wsec_1"), "ElevenLabs-Signature", "v0=00, v0=" + hex.toUpperCase(Locale.ROOT)
                + ", t=1700000000")).isEqualTo(Verdict.GOOD);
        assertThat(verify(elevenlabs, "{\"type\":\"x\"}", 1700000000, List.of("wsec_1"), "ElevenLabs-Signature", "t=1700000001,v0=" + hex)).isEqualTo(Verdict.FORGED);
        assertThat(verify(elevenlabs, "{\"type\":\"x\"}", 1700000000, List.of("wsec_1"), "ElevenLabs-Signature", hex)).isEqualTo(Verdict.FORGED);

        String github = "{scheme: hmac, header: X-Hub-Signature-256, prefix: \"sha256=\", encoding: hex, message: \"${body}\", secret: \"${webhook-secret}\"}";
        String hub = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"; // of GitHub's documentation
        List<String> everybody = List.of("It's a Secret to Everybody");
        assertThat(verify(github, "Hello, World!", 0, everybody, "X-Hub-Signature-256", "sha256=" + hub)).as("without a time it is never stale").isEqualTo(Verdict.GOOD);
        assertThat(verify(github, "Hello, World!", 0, everybody, "X-Hub-Signature-256", hub)).isEqualTo(Verdict.FORGED);
        assertThat(verify(github, "Hello, World", 0, everybody, "X-Hub-Signature-256", "sha256=" + hub)).isEqualTo(Verdict.FORGED);
    }

    @ParameterizedTest
    @CsvSource({"sha1, utf8, key, de7c9b85b8b78aa6bc8a7a36f70a90701c9db4d9", "sha1, base64, a2V5, de7c9b85b8b78aa6bc8a7a36f70a90701c9db4d9",
        "sha1, hex, 6b6579, de7c9b85b8b78aa6bc8a7a36f70a90701c9db4d9",
        "sha512, utf8, key, b42af09057bac1e2d41708e48a902e09b5ff7f12ab428a4fe86653c73dd248fb82f948a549f7b791a5b41915ee4d1ec3935357e4e2317250d0372afa2ebeeb3a"})
    void the_secret_is_text_base64_or_hex_and_the_hash_the_profiles(String algorithm, String encoding, String secret, String signature) {
        String entry = "{scheme: hmac, algorithm: " + algorithm + ", secretEncoding: " + encoding + ", header: [X-New, X-Old], separator: \" \", encoding: hex,"
                + " message: \"${body}\", secret: \"${webhook-secret}\"}";
        assertThat(verify(entry, "The quick brown fox jumps over the lazy dog", 0, List.of(secret), "X-Old", "00 " + signature)).isEqualTo(Verdict.GOOD);
        assertThat(verify(entry, "The quick brown fox jumps over the lazy cat", 0, List.of(secret), "X-Old", "00 " + signature)).isEqualTo(Verdict.FORGED);
    }

    @Test
    void a_shared_value_comes_back_in_a_header_in_the_body_or_as_a_password() {
        List<String> secrets = List.of("new", "old");
        String header = "{scheme: shared-header, header: [Verification-Token, Validation-Token], value: \"Bearer ${callback.secret}\"}";
        assertThat(verify(header, "", 0, secrets, "validation-token", "Bearer old")).isEqualTo(Verdict.GOOD);
        assertThat(verify(header, "", 0, secrets, "Verification-Token", "x", "validation-token", "Bearer new")).isEqualTo(Verdict.GOOD);
        assertThat(verify(header, "", 0, secrets, "validation-token", "old")).isEqualTo(Verdict.FORGED);
        assertThat(verify(header, "", 0, secrets)).isEqualTo(Verdict.FORGED);
        String echo = "{scheme: body-echo, at: /extra/secret, value: \"${callback.secret}\"}";
        assertThat(verify(echo, "{\"extra\":{\"secret\":\"old\"}}", 0, secrets)).isEqualTo(Verdict.GOOD);
        assertThat(verify(echo, "{\"extra\":{\"secret\":[\"old\"]}}", 0, secrets)).isEqualTo(Verdict.FORGED);
        assertThat(verify(echo, "not json", 0, secrets)).isEqualTo(Verdict.FORGED);
        String basic = "{scheme: basic, value: \"relay:${callback.secret}\"}";
        assertThat(verify(basic, "", 0, secrets, "authorization", "basic cmVsYXk6b2xk")).isEqualTo(Verdict.GOOD);
        assertThat(verify(basic, "", 0, secrets, "authorization", "Basic cmVsYXk6bm8=")).isEqualTo(Verdict.FORGED);
        assertThat(verify(basic, "", 0, secrets, "authorization", "Bearer cmVsYXk6b2xk")).isEqualTo(Verdict.FORGED);
        assertThat(verify(basic, "", 0, List.of(), "authorization", "Basic cmVsYXk6b2xk")).isEqualTo(Verdict.UNAVAILABLE);
    }

    @Test
    void of_the_entries_that_apply_one_must_hold_and_where_none_applies_the_url_is_the_proof() {
        String two = "[{scheme: shared-header, header: A, value: \"${a}\", for: success}, {scheme: shared-header, header: B, value: \"${a}\", for: success}]";
        List<String> secret = List.of("s");
        assertThat(verify(two, State.SUCCESS, "", 0, secret, "B", "s")).isEqualTo(Verdict.GOOD);
        assertThat(verify(two, State.SUCCESS, "", 0, secret, "B", "x")).isEqualTo(Verdict.FORGED);
        assertThat(verify(two, State.FAILURE, "", 0, secret, "B", "x")).isEqualTo(Verdict.GOOD);
        assertThat(verify(two, null, "", 0, secret)).isEqualTo(Verdict.GOOD);
        assertThat(verify("[]", State.SUCCESS, "", 0, secret)).isEqualTo(Verdict.GOOD);
        String optional = "[{scheme: shared-header, header: A, value: \"${a}\", optional: true}]";
        assertThat(verify(optional, null, "", 0, secret)).isEqualTo(Verdict.GOOD);
        assertThat(verify(optional, null, "", 0, secret, "A", "x")).isEqualTo(Verdict.FORGED);
        assertThat(verify(optional, null, "", 0, List.of())).isEqualTo(Verdict.GOOD);
        assertThat(verify(optional, null, "", 0, List.of(), "A", "s")).isEqualTo(Verdict.UNAVAILABLE);
        String bad = "[{scheme: shared-header, header: A, value: \"${a}\", for: failure}]";
        assertThat(verify(bad, State.CANCELLED, "", 0, secret)).as("every bad end").isEqualTo(Verdict.FORGED);
        assertThat(verify(bad, State.RUNNING, "", 0, secret)).isEqualTo(Verdict.GOOD);
        assertThat(Proofs.of(yaml(bad)).always()).isFalse();
        assertThat(Proofs.of(yaml(optional)).always()).isTrue();
        assertThat(Proofs.of(yaml(two)).names()).containsExactly("a");
    }

    @Test
    void whatever_stands_in_a_header_is_forged_and_breaks_nothing() {
        Random random = new Random(3);
        String hmac = "{scheme: hmac, header: ElevenLabs-Signature, parts: {timestamp: t, signature: v0}, encoding: hex, message: \"${timestamp}.${body}\","
                + " secret: \"${webhook-secret}\"}";
        String[] names = {"webhook-id", "webhook-timestamp", "webhook-signature", "ElevenLabs-Signature", "X-Fal-Webhook-Signature", "X-Fal-Webhook-Timestamp",
            "X-Fal-Webhook-Request-Id", "X-Fal-Webhook-User-Id", "Authorization"};
        String[] values = {"", ",", "=", "t=", "v0=", "t=1,v0=,", "v1,", "v1a,", " ", "1700000000", "999999999999", "-1", "Basic", "Basic ", "Basic !", "v1a," + "A".repeat(88),
            "f".repeat(128), "0".repeat(128), "v0=zz,t=1", "t=1700000000,v0=" + "a".repeat(64), "v1,".repeat(5_000), "\ud800", "v1a," + "/".repeat(86) + "=="};
        for (int i = 0; i < 3_000; i++) {
            String[] headers = new String[8];
            for (int j = 0; j < headers.length; j += 2) {
                headers[j] = names[random.nextInt(names.length)];
                headers[j + 1] = values[random.nextInt(values.length)];
            }
            for (String entry : List.of(SPEC, FAL, hmac, "{scheme: basic, value: \"${a}\"}")) {
                assertThat(verify(entry, "{}", 1700000000, List.of("whsec_c2VjcmV0", "whpk_PUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw="), headers))
                        .isEqualTo(Verdict.FORGED);
            }
        }
    }

    @Test
    void nobody_signs_without_a_secret() {
        Proofs proofs = Proofs.of(yaml("[" + SPEC + "]"));
        assertThatThrownBy(() -> proofs.sign(Arrived.of(new byte[0]), null, material(List.of()), at(0), "m")).hasMessageContaining("cannot be had");
        assertThatThrownBy(() -> Proofs.of(yaml("[{scheme: basic, value: \"${a}\"}]")).sign(Arrived.of(new byte[0]), null, material(List.of()), at(0), "m"))
                .hasMessageContaining("cannot be had");
    }

    @Test
    void the_secret_of_a_callback_is_each_jobs_own_and_old_ones_still_verify() {
        CallbackSecret secret = new CallbackSecret(List.of("relay-secret-0001", "relay-secret-0000"));
        assertThat(secret.of("018f")).isEqualTo("MVUq7dEQ09laXSvMsOzYekRcLo3knh3kxX_I06U83BU");
        assertThat(secret.all("018f")).hasSize(2).startsWith(secret.of("018f")).contains(new CallbackSecret(List.of("relay-secret-0000")).of("018f"));
        assertThat(secret.of("018e")).isNotEqualTo(secret.of("018f"));
    }
}
