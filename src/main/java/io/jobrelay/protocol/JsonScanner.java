package io.jobrelay.protocol;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Walks over one JSON text and keeps nothing of what it passes: a bit for each level that is open is all, so that neither depth nor the
 * size of a number, a name or a string, nor how many of them there are, costs memory. Jackson, which keeps names and numbers while it reads
 * on, could be made to need thirty times what was sent. Beside what RFC 8259 has, raw control characters in strings and {@code NaN},
 * {@code Infinity} and {@code -Infinity} are read: what is read here is handed on as it came.
 */
public final class JsonScanner {

    /** What is wrong is not said here: who asks tells whether it was the depth. */
    public static final class Broken extends IOException {

        private static final long serialVersionUID = 1L;

        Broken(String message) {
            super(message);
        }

        @Override
        public Throwable fillInStackTrace() {
            return this; // anybody can cause it, as often as he likes
        }
    }

    /** Stands for a name that is longer than any that is asked for; told by identity. */
    public static final String TOO_LONG = new String("too long");

    /** An escape takes six bytes for one character. */
    private static final int LONGEST_ESCAPE = 6;

    private final byte[] text;
    private final int deepest;
    private long[] objects = new long[4];
    private int depth;
    private int at;
    private boolean tooDeep;

    /**
     * @param text in UTF-8
     * @param from where it begins
     * @param deepest how many objects and arrays may be open at once
     */
    public JsonScanner(byte[] text, int from, int deepest) {
        this.text = text;
        this.at = from;
        this.deepest = deepest;
    }

    /** @return whether more than the most levels were open */
    public boolean tooDeep() {
        return tooDeep;
    }

    /**
     * @return whether an object begins here, which is entered then
     * @throws Broken when nothing begins here
     */
    public boolean enterObject() throws Broken {
        if (peek() != '{') {
            return false;
        }
        at++;
        open(true);
        return true;
    }

    /**
     * @param first whether the object has just been entered
     * @return the name of the next member, whose value comes next; null where the object has ended; empty where it is longer than any that
     *     is asked for
     * @throws Broken when neither comes next
     */
    String member(boolean first) throws Broken {
        String name = member(first, 64);
        return name == TOO_LONG ? "" : name;
    }

    /**
     * @param first whether the object has just been entered
     * @param longest characters of a name that is asked for
     * @return the name of the next member, whose value comes next; null where the object has ended; {@link #TOO_LONG} itself where it is longer
     * @throws Broken when neither comes next
     */
    public String member(boolean first, int longest) throws Broken {
        byte next = next();
        if (next == '}') {
            depth--;
            return null;
        }
        if (!first) {
            expect(next, ',');
            next = next();
        }
        expect(next, '"');
        String name = string(longest);
        expect(next(), ':');
        return name == null ? TOO_LONG : name;
    }

    /**
     * @return whether an array begins here, which is entered then
     * @throws Broken when nothing begins here
     */
    public boolean enterArray() throws Broken {
        if (peek() != '[') {
            return false;
        }
        at++;
        open(false);
        return true;
    }

    /**
     * @param first whether the array has just been entered
     * @return whether another element comes next; false where the array has ended
     * @throws Broken when neither comes next
     */
    public boolean element(boolean first) throws Broken {
        byte next = peek();
        if (next == ']') {
            at++;
            depth--;
            return false;
        }
        if (!first) {
            expect(next, ',');
            at++;
        }
        return true;
    }

    /**
     * @return where the next value begins
     * @throws Broken when nothing begins here
     */
    public int start() throws Broken {
        peek();
        return at;
    }

    /** @return where what was read last has ended */
    public int end() {
        return at;
    }

    /**
     * @param longest characters that are of use
     * @return the string that is the value here; null where it is none or longer; it is passed over in any case
     * @throws Broken when it is no value
     */
    public String textOrPass(int longest) throws Broken {
        if (peek() == '"') {
            at++;
            return string(longest);
        }
        pass();
        return null;
    }

    /** @return whether nothing but blanks follows */
    public boolean ended() {
        blanks();
        return at == text.length;
    }

    /**
     * Passes over one value, whatever is in it.
     *
     * @throws Broken when it is none, or its depth is too great
     */
    public void pass() throws Broken {
        int outer = depth;
        while (true) {
            byte first = next();
            if (first == '{' || first == '[') {
                open(first == '{');
                if (peek() == (first == '{' ? '}' : ']')) {
                    at++;
                    depth--;
                } else {
                    if (first == '{') {
                        name();
                    }
                    continue;
                }
            } else {
                scalar(first);
            }
            while (depth > outer) {
                byte behind = next();
                boolean object = inObject();
                if (behind == ',') {
                    if (object) {
                        name();
                    }
                    break;
                }
                expect(behind, object ? '}' : ']');
                depth--;
            }
            if (depth == outer) {
                return;
            }
        }
    }

    private void name() throws Broken {
        expect(next(), '"');
        passString();
        expect(next(), ':');
    }

    private void scalar(byte first) throws Broken {
        switch (first) {
            case '"' -> passString();
            case 't' -> word("rue");
            case 'f' -> word("alse");
            case 'n' -> word("ull");
            case 'N' -> word("aN");
            case 'I' -> word("nfinity");
            case '-' -> {
                if (at < text.length && text[at] == 'I') {
                    word("Infinity");
                } else {
                    number(at < text.length ? text[at++] : 0);
                }
            }
            default -> number(first);
        }
    }

    private void number(byte first) throws Broken {
        if (first != '0') {
            at--;
            digits();
        }
        if (at < text.length && text[at] == '.') {
            at++;
            digits();
        }
        if (at < text.length && (text[at] == 'e' || text[at] == 'E')) {
            at++;
            if (at < text.length && (text[at] == '+' || text[at] == '-')) {
                at++;
            }
            digits();
        }
    }

    private void digits() throws Broken {
        int from = at;
        while (at < text.length && text[at] >= '0' && text[at] <= '9') {
            at++;
        }
        if (at == from) {
            throw broken();
        }
    }

    private void word(String rest) throws Broken {
        for (int i = 0; i < rest.length(); i++) {
            if (at == text.length || text[at++] != rest.charAt(i)) {
                throw broken();
            }
        }
    }

    /** @return the string whose opening quote was passed; null where it is longer than that */
    private String string(int longest) throws Broken {
        int from = at;
        boolean escaped = passString();
        int length = at - 1 - from;
        if (length > longest * LONGEST_ESCAPE) {
            return null;
        }
        String raw = new String(text, from, length, StandardCharsets.UTF_8);
        String value = escaped ? unescaped(raw) : raw;
        return value.length() > longest ? null : value;
    }

    /** @return whether there are escapes in it */
    private boolean passString() throws Broken {
        boolean escaped = false;
        while (at < text.length) {
            byte b = text[at++];
            if (b == '"') {
                return escaped;
            }
            if (b == '\\') {
                escaped = true;
                escape();
            }
        }
        throw broken();
    }

    private void escape() throws Broken {
        byte kind = at < text.length ? text[at++] : 0;
        if (kind == 'u') {
            for (int end = at + 4; at < end; at++) {
                if (at >= text.length || Character.digit((char) (text[at] & 0xff), 16) < 0) {
                    throw broken();
                }
            }
        } else if (kind <= 0 || "\"\\/bfnrt".indexOf(kind) < 0) {
            throw broken();
        }
    }

    private static String unescaped(String raw) {
        StringBuilder value = new StringBuilder(raw.length());
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c != '\\') {
                value.append(c);
                continue;
            }
            char kind = raw.charAt(++i);
            switch (kind) {
                case 'b' -> value.append('\b');
                case 'f' -> value.append('\f');
                case 'n' -> value.append('\n');
                case 'r' -> value.append('\r');
                case 't' -> value.append('\t');
                case 'u' -> {
                    value.append((char) Integer.parseInt(raw, i + 1, i + 5, 16));
                    i += 4;
                }
                default -> value.append(kind);
            }
        }
        return value.toString();
    }

    private void open(boolean object) throws Broken {
        if (depth == deepest) {
            tooDeep = true;
            throw broken();
        }
        int word = depth >> 6;
        if (word == objects.length) {
            objects = Arrays.copyOf(objects, 2 * word);
        }
        long bit = 1L << depth;
        objects[word] = object ? objects[word] | bit : objects[word] & ~bit;
        depth++;
    }

    private boolean inObject() {
        int level = depth - 1;
        return (objects[level >> 6] & 1L << level) != 0;
    }

    private byte peek() throws Broken {
        blanks();
        if (at == text.length) {
            throw broken();
        }
        return text[at];
    }

    private byte next() throws Broken {
        byte next = peek();
        at++;
        return next;
    }

    private void blanks() {
        while (at < text.length && (text[at] == ' ' || text[at] == '\n' || text[at] == '\r' || text[at] == '\t')) {
            at++;
        }
    }

    private void expect(byte found, char wanted) throws Broken {
        if (found != wanted) {
            throw broken();
        }
    }

    private Broken broken() {
        return new Broken(tooDeep ? "nested deeper than " + deepest : "not JSON near byte " + at);
    }
}
