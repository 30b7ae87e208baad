package io.jobrelay.support;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;

/** Makes what nobody should send, the same for the same seed: bodies of callbacks, jobIds and references. */
public final class Hostile {

    private static final List<String> NAMES = List.of("jobId", "api", "status", "creationTime", "completionTime", "expirationTime", "response",
            "relay", "JOBID", "", "job\\u0049d", "jobId\\u0000", "\\ud800", "\u00e9", "__proto__", "a.b", "${jobId}", "jobId ");
    private static final List<String> TRICKS = List.of("../../etc/passwd", "..", ".", "...", "/", "\\", "/etc/passwd", "C:\\x", "CON", "nul.json", "a/b",
            "a\u0000b", "\u0000", ".hidden", "-rf", "~", "%2e%2e%2f", "%2E", "%", "%00", "a%", "\u202e", "\u2028", "\ufeff", "\ud83d\ude00", "\ud83d", "\ude00",
            "\n", "\r\nX: y", " ", "", "${bean:x}", "{{env:HOME}}", "'; DROP TABLE relay_job; --", "a.json", "a.json.json", "x\u00e9", "xe\u0301", "\u00c4", "A", "a",
            "\u2024\u2024/", "\uff0e\uff0e\uff0f", ":#id", "file:///x", "a?b#c", "\"", "\\u0000", "<script>");
    private static final List<String> TIMES = List.of("2024-01-11T20:41:09.120Z", "+999999999-12-31T23:59:59Z", "-999999999-01-01T00:00:00Z",
            "2024-02-30T00:00:00Z", "now", "0", "2024-01-11T20:41:09.120+18:00", "9999999999999999999999");
    private static final List<String> NUMBERS = List.of("0", "-0", "1e400", "-1e-400", "1E+999999999", "0.1e1", "12345678901234567890123456789", "1.7976931348623157e309",
            "01", "+1", ".5", "1.", "0x1", "NaN", "Infinity", "-", "1e", "--1");
    private static final List<String> SPACE = List.of("", "", "", " ", "\n", "\r\n\t ", "\u00a0", "\u0000", "/**/", "\ufeff");
    private static final int GOOD_NUMBERS = 8;
    private static final int GOOD_SPACES = 6;
    private final Random random;
    private boolean clean;

    /** @param random that decides about everything */
    public Hostile(Random random) {
        this.random = random;
    }

    /** @return a body: most are JSON that is odd, many are JSON that is broken, some never were */
    public byte[] body() {
        int kind = random.nextInt(1_000);
        clean = kind >= 600;
        if (kind < 80) {
            byte[] noise = new byte[random.nextInt(200)];
            random.nextBytes(noise);
            return noise;
        }
        if (kind == 80) {
            return utf8(deep(random.nextInt(12_000)));
        }
        if (kind == 81) {
            return utf8("{\"status\":\"Success\",\"n\":" + (random.nextBoolean() ? "-" : "") + "9".repeat(random.nextInt(60_000)) + "}");
        }
        if (kind == 82) {
            return utf8("{\"" + "k".repeat(random.nextInt(60_000)) + "\":1,\"status\":\"Success\",\"jobId\":\"" + "j".repeat(random.nextInt(2_000)) + "\"}");
        }
        byte[] good = utf8((random.nextInt(20) == 0 ? "\ufeff" : "") + space() + object(3) + space());
        return kind < 200 || clean ? good : broken(good);
    }

    private String deep(int depth) {
        String open = random.nextBoolean() ? "[" : "{\"a\":";
        String close = open.equals("[") ? "]" : "}";
        return "{\"status\":\"Fail\",\"response\":" + open.repeat(depth) + "1" + close.repeat(Math.max(0, depth - random.nextInt(2))) + "}";
    }

    private byte[] broken(byte[] good) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        switch (random.nextInt(6)) {
            case 0 -> out.write(good, 0, random.nextInt(good.length + 1));
            case 1 -> {
                out.writeBytes(good);
                out.writeBytes(utf8(one(List.of("}", "{}", ",", "\u0000", "null", "//", "]"))));
            }
            case 2 -> { // UTF-8 that is none: overlong, half of a pair, cut off, never used
                int at = random.nextInt(good.length + 1);
                out.write(good, 0, at);
                out.writeBytes(one(List.of(new byte[] {(byte) 0xc0, (byte) 0x80}, new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80},
                        new byte[] {(byte) 0xf0, (byte) 0x9f}, new byte[] {(byte) 0xff, (byte) 0xfe}, new byte[] {(byte) 0xf8, 0, 0})));
                out.write(good, at, good.length - at);
            }
            case 3 -> out.writeBytes(new String(good, StandardCharsets.UTF_8).getBytes(random.nextBoolean() ? StandardCharsets.UTF_16 : StandardCharsets.UTF_16LE));
            case 4 -> out.writeBytes(new String(good, StandardCharsets.UTF_8).getBytes(StandardCharsets.ISO_8859_1));
            default -> {
                byte[] flipped = good.clone();
                for (int i = random.nextInt(3); i >= 0 && flipped.length > 0; i--) {
                    flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
                }
                out.writeBytes(flipped);
            }
        }
        return out.toByteArray();
    }

    private String object(int depth) {
        StringBuilder json = new StringBuilder("{");
        for (int i = random.nextInt(6); i >= 0; i--) {
            String name = random.nextInt(3) == 0 ? "status" : one(NAMES);
            json.append(json.length() == 1 ? "" : ",").append(space()).append('"').append(name).append('"').append(space()).append(':').append(space());
            json.append(name.equals("status") && random.nextInt(4) > 0 ? "\"" + one(List.of("Success", "Fail", "InProgress", "success", "Success ")) + "\""
                    : value(depth)).append(space());
        }
        return json.append('}').toString();
    }

    private String value(int depth) {
        return switch (random.nextInt(depth > 0 ? 9 : 7)) {
            case 0 -> one(clean ? List.of("null", "true", "false") : List.of("null", "true", "false", "nul", "True", "undefined"));
            case 1 -> random.nextInt(3) > 0 ? String.valueOf(random.nextInt()) : one(clean ? NUMBERS.subList(0, GOOD_NUMBERS) : NUMBERS);
            case 2 -> "\"" + one(TIMES) + "\"";
            case 3, 4, 5 -> quoted(id());
            case 6 -> "\"" + one(clean ? List.of("\\ud800", "\\udc00\\ud800", "\\u0000", "\\ud83d\\ude00", "\\/", "\u007f") : List.of("\\ud800", "\\udc00\\ud800", "\\u0000", "\\x", "\\", "\\ud83d\\ude00", "\t", "\\/", "\u007f")) + "\"";
            case 7 -> object(depth - 1);
            default -> "[" + value(depth - 1) + (random.nextBoolean() ? "," + value(depth - 1) : "") + "]";
        };
    }

    private String quoted(String text) {
        return "\"" + (!clean && random.nextInt(4) == 0 ? text : text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n").replace("\r", "\\r")
                .replace("\u0000", random.nextBoolean() ? "\\u0000" : "")) + "\"";
    }

    /** @return a jobId or a reference: tricks with paths, control characters, halves of pairs, all of them repeated and put together */
    public String id() {
        StringBuilder id = new StringBuilder();
        for (int i = random.nextInt(4); i >= 0; i--) {
            id.append(random.nextInt(3) == 0 ? Integer.toString(random.nextInt(), 36) : random.nextInt(50) == 0
                    ? one(TRICKS).repeat(random.nextInt(300)) : one(TRICKS));
        }
        return id.toString();
    }

    private String space() {
        return random.nextInt(8) == 0 ? one(clean ? SPACE.subList(0, GOOD_SPACES) : SPACE) : "";
    }

    private <T> T one(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
