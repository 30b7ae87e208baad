package io.jobrelay.document;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jobrelay.protocol.JsonScanner;
import io.jobrelay.protocol.StatusResource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A JSON object of the caller's, to which members are added as bytes: whatever is not touched stays as the caller wrote it, digit for digit.
 * Of a member that stands twice the last one counts, and null counts as not there. Only members that are asked for are kept.
 */
public final class JsonSplice {

    /** What happens where the caller has the member himself. */
    public enum How {
        /** His stays. */
        UNLESS_THERE,
        /** Ours takes its place. */
        SET,
        /** Ours is merged into it, member by member, and wins; a text that is a JSON object in itself stays a text. */
        MERGE
    }

    /** What is done with a member. */
    public record Change(JsonNode value, How how) {
    }

    /** A member, and where its value stands. */
    public record Member(String name, int from, int to) {
    }

    private static final ObjectMapper JSON = new ObjectMapper(StatusResource.JSON);
    private static final int MOST_FIELDS = 10_000;
    private static final int ESCAPES = 6;
    private static final int BLANKS = 1_000;

    private final byte[] text;
    private final Map<String, List<Member>> members = new LinkedHashMap<>();
    private final boolean empty;
    private int brace;

    /**
     * @param text one JSON object in UTF-8
     * @param names of the members that are asked for; null for all
     * @throws IllegalArgumentException when it is no object, or of all there are more than any form has
     */
    public JsonSplice(byte[] text, Set<String> names) {
        this.text = text;
        int longest = names == null ? text.length : names.stream().mapToInt(String::length).max().orElse(1);
        boolean first = true;
        try {
            JsonScanner scanner = new JsonScanner(text, 0, StatusResource.DEEPEST);
            if (!scanner.enterObject()) {
                throw new IllegalArgumentException("not a JSON object");
            }
            for (String name = scanner.member(true, longest); name != null; name = scanner.member(false, longest)) {
                int from = scanner.start();
                scanner.pass();
                first = false;
                if (names == null || name != JsonScanner.TOO_LONG && names.contains(name)) {
                    members.computeIfAbsent(name, n -> new ArrayList<>(1)).add(new Member(name, from, scanner.end()));
                    if (names == null && members.size() > MOST_FIELDS) {
                        throw new IllegalArgumentException("an object of more than " + MOST_FIELDS + " members makes no form");
                    }
                }
            }
            brace = scanner.end() - 1;
        } catch (IOException e) {
            throw new IllegalArgumentException("not a JSON object", e);
        }
        this.empty = first;
    }

    /** @return the members that count, in the order of their first place */
    public List<Member> members() {
        return members.keySet().stream().map(this::last).toList();
    }

    private Member last(String name) {
        List<Member> all = members.get(name);
        return all == null ? null : all.get(all.size() - 1);
    }

    /**
     * @param name of a member that was asked for
     * @return whether it is there, and not null
     */
    public boolean has(String name) {
        Member member = last(name);
        return member != null && text[member.from] != 'n';
    }

    /**
     * @param name of a member that is there
     * @param value compared
     * @return whether it is that each time it stands there; numbers by their value
     */
    public boolean is(String name, JsonNode value) {
        return members.get(name).stream().allMatch(member -> same(member, value));
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
     * @param changes by the names of members that were asked for
     * @return the object with them; null where something must be merged into what is no object
     */
    public byte[] with(Map<String, Change> changes) {
        Map<Integer, Member> replaced = new HashMap<>();
        Map<Member, byte[]> by = new HashMap<>();
        StringBuilder added = new StringBuilder();
        for (Map.Entry<String, Change> one : changes.entrySet()) {
            Member member = last(one.getKey());
            JsonNode ours = one.getValue().value;
            byte[] value = null;
            if (member == null) {
                added.append(empty && added.isEmpty() ? "" : ",").append(JSON.getNodeFactory().textNode(one.getKey())).append(':').append(ours);
            } else if (!has(one.getKey()) || one.getValue().how == How.SET || one.getValue().how == How.MERGE && !ours.isObject()) {
                value = same(member, ours) ? null : bytes(ours);
            } else if (one.getValue().how == How.MERGE) {
                value = merged(member, ours);
                if (value == null) {
                    return null;
                }
            }
            if (value != null) {
                replaced.put(member.from, member);
                by.put(member, value);
            }
        }
        List<ByteBuffer> parts = new ArrayList<>();
        int at = 0;
        for (int from : replaced.keySet().stream().sorted().toList()) {
            parts.add(ByteBuffer.wrap(text, at, from - at));
            parts.add(ByteBuffer.wrap(by.get(replaced.get(from))));
            at = replaced.get(from).to;
        }
        int end = brace;
        while (!added.isEmpty() && end > at && (text[end - 1] == ' ' || text[end - 1] == '\n' || text[end - 1] == '\r' || text[end - 1] == '\t')) {
            end--;
        }
        parts.add(ByteBuffer.wrap(text, at, end - at));
        parts.add(ByteBuffer.wrap(added.toString().getBytes(StandardCharsets.UTF_8)));
        parts.add(ByteBuffer.wrap(text, brace, text.length - brace));
        ByteBuffer whole = ByteBuffer.allocate(parts.stream().mapToInt(ByteBuffer::remaining).sum());
        parts.forEach(whole::put);
        return whole.array();
    }

    private byte[] merged(Member member, JsonNode ours) {
        if (text[member.from] == '{') {
            return merged(Arrays.copyOfRange(text, member.from, member.to), ours);
        }
        JsonNode theirs = text[member.from] == '"' ? node(member, Integer.MAX_VALUE) : null;
        byte[] merged = theirs == null ? null : merged(bytes(theirs.textValue()), ours);
        return merged == null ? null : bytes(JSON.getNodeFactory().textNode(new String(merged, StandardCharsets.UTF_8)));
    }

    private static byte[] merged(byte[] object, JsonNode ours) {
        Map<String, Change> changes = new LinkedHashMap<>();
        ours.fields().forEachRemaining(one -> changes.put(one.getKey(), new Change(one.getValue(), How.MERGE)));
        try {
            return new JsonSplice(object, changes.keySet()).with(changes);
        } catch (IllegalArgumentException e) {
            return null; // a text, and no object
        }
    }

    /**
     * @param member of these
     * @return its value as a form takes it: a string without its quotes, anything else as it stands; null for null
     */
    public byte[] field(Member member) {
        return switch (text[member.from]) {
            case 'n' -> null;
            case '"' -> bytes(node(member, Integer.MAX_VALUE).textValue());
            default -> Arrays.copyOfRange(text, member.from, member.to);
        };
    }

    private static byte[] bytes(JsonNode value) {
        return bytes(value.toString());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
