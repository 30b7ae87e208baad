package io.jobrelay.provider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jobrelay.protocol.JsonScanner;
import io.jobrelay.protocol.StatusResource;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * A JSON object of the caller's, to which members are added as bytes: whatever is not touched stays as the caller wrote it, digit for digit.
 * Of a member that stands twice the last one counts, and null counts as not there.
 */
final class JsonSplice {

    /** A member whose name was read, and where its value stands. */
    record Member(String name, int from, int to) {
    }

    private static final ObjectMapper JSON = new ObjectMapper(StatusResource.JSON);
    private static final int ESCAPES = 6;
    private static final int BLANKS = 1_000;

    private final byte[] text;
    private final List<Member> members = new ArrayList<>();
    private final Map<String, Member> last = new HashMap<>();
    private int brace;

    /**
     * @param text one JSON object in UTF-8
     * @throws IllegalArgumentException when it is none
     */
    JsonSplice(byte[] text) {
        this.text = text;
        try {
            JsonScanner scanner = new JsonScanner(text, 0, StatusResource.DEEPEST);
            if (!scanner.enterObject()) {
                throw new IllegalArgumentException("not a JSON object");
            }
            for (String name = scanner.member(true, text.length); name != null; name = scanner.member(false, text.length)) {
                int from = scanner.start();
                scanner.pass();
                Member member = new Member(name, from, scanner.end());
                members.add(member);
                last.put(name, member);
            }
            brace = scanner.end() - 1;
        } catch (IOException e) {
            throw new IllegalArgumentException("not a JSON object", e);
        }
    }

    /** @return the members that count, in their order */
    List<Member> members() {
        return members.stream().filter(member -> last.get(member.name) == member).toList();
    }

    /**
     * @param name of a member
     * @return whether it is there, and not null
     */
    boolean has(String name) {
        Member member = last.get(name);
        return member != null && text[member.from] != 'n';
    }

    /**
     * @param name of a member that is there
     * @param value compared
     * @return whether it is that each time it stands there; numbers by their value
     */
    boolean is(String name, JsonNode value) {
        return members.stream().filter(member -> member.name.equals(name)).allMatch(member -> same(member, value));
    }

    private boolean same(Member member, JsonNode value) {
        JsonNode theirs = node(member, value.toString().length() * ESCAPES + BLANKS);
        return theirs != null && theirs.equals((a, b) -> a.isNumber() && b.isNumber() ? a.decimalValue().compareTo(b.decimalValue())
                : a.equals(b) ? 0 : 1, value);
    }

    private JsonNode node(Member member, int longest) {
        try {
            return member.to - member.from > longest ? null : JSON.readTree(text, member.from, member.to - member.from);
        } catch (IOException e) {
            return null;
        }
    }

    /**
     * @param ours members
     * @param replaces whether one that is there already, with another value, is replaced
     * @return the object with them
     */
    byte[] put(JsonNode ours, Predicate<String> replaces) {
        Map<Member, byte[]> changes = new HashMap<>();
        List<Map.Entry<String, JsonNode>> added = new ArrayList<>();
        ours.fields().forEachRemaining(one -> {
            Member member = last.get(one.getKey());
            if (member == null) {
                added.add(one);
            } else if (!has(one.getKey()) || replaces.test(one.getKey()) && !same(member, one.getValue())) {
                changes.put(member, bytes(one.getValue()));
            }
        });
        return written(changes, added);
    }

    /**
     * Merges deeply: our member wins, the caller's others stay. A text of the caller's that is a JSON object in itself stays a text.
     *
     * @param ours members
     * @return the object with them; null where a value of the caller's that must be an object is none
     */
    byte[] merge(JsonNode ours) {
        Map<Member, byte[]> changes = new HashMap<>();
        List<Map.Entry<String, JsonNode>> added = new ArrayList<>();
        for (Iterator<Map.Entry<String, JsonNode>> all = ours.fields(); all.hasNext();) {
            Map.Entry<String, JsonNode> one = all.next();
            Member member = last.get(one.getKey());
            if (member == null) {
                added.add(one);
            } else if (!has(one.getKey()) || !one.getValue().isObject()) {
                if (!same(member, one.getValue())) {
                    changes.put(member, bytes(one.getValue()));
                }
            } else {
                byte[] inner = inner(member, one.getValue());
                if (inner == null) {
                    return null;
                }
                changes.put(member, inner);
            }
        }
        return written(changes, added);
    }

    private byte[] inner(Member member, JsonNode ours) {
        if (text[member.from] == '{') {
            return new JsonSplice(Arrays.copyOfRange(text, member.from, member.to)).merge(ours);
        }
        JsonNode theirs = text[member.from] == '"' ? node(member, Integer.MAX_VALUE) : null;
        try {
            byte[] merged = theirs == null ? null : new JsonSplice(theirs.textValue().getBytes(StandardCharsets.UTF_8)).merge(ours);
            return merged == null ? null : bytes(JSON.getNodeFactory().textNode(new String(merged, StandardCharsets.UTF_8)));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private byte[] written(Map<Member, byte[]> changes, List<Map.Entry<String, JsonNode>> added) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(text.length + 512);
        int at = 0;
        for (Member member : members) {
            if (changes.containsKey(member)) {
                out.write(text, at, member.from - at);
                out.writeBytes(changes.get(member));
                at = member.to;
            }
        }
        if (added.isEmpty()) {
            out.write(text, at, text.length - at);
            return out.toByteArray();
        }
        int end = brace;
        while (end > at && (text[end - 1] == ' ' || text[end - 1] == '\n' || text[end - 1] == '\r' || text[end - 1] == '\t')) {
            end--;
        }
        out.write(text, at, end - at);
        boolean first = members.isEmpty();
        for (Map.Entry<String, JsonNode> one : added) {
            out.writeBytes(((first ? "" : ",") + JSON.getNodeFactory().textNode(one.getKey()) + ":").getBytes(StandardCharsets.UTF_8));
            out.writeBytes(bytes(one.getValue()));
            first = false;
        }
        out.write(text, brace, text.length - brace);
        return out.toByteArray();
    }

    /**
     * @param member of these
     * @return its value as a form takes it: a string without its quotes, anything else as it stands; null for null
     */
    byte[] field(Member member) {
        if (text[member.from] == 'n') {
            return null;
        }
        if (text[member.from] != '"') {
            return Arrays.copyOfRange(text, member.from, member.to);
        }
        return node(member, Integer.MAX_VALUE).textValue().getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] bytes(JsonNode value) {
        return value.toString().getBytes(StandardCharsets.UTF_8);
    }
}
