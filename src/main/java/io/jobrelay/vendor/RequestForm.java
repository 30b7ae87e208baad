package io.jobrelay.vendor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jobrelay.document.JsonSplice;
import io.jobrelay.document.JsonSplice.Change;
import io.jobrelay.document.JsonSplice.How;
import io.jobrelay.document.Template;
import io.jobrelay.document.Variables;
import io.jobrelay.protocol.PercentCode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What is sent for a job: the caller's request as it was written, plus what the profile adds, in the encoding that the vendor takes.
 */
public final class RequestForm {

    /**
     * A request, all but its path and authentication.
     *
     * @param body as it is sent
     * @param contentType of the body
     * @param query percent-encoded, without the question mark; empty where there is none
     * @param headers besides the authentication
     * @param marked whether the vendor will know the job as ours; not where the caller's own mark stays
     */
    public record Sent(byte[] body, String contentType, String query, Map<String, String> headers, boolean marked) {
    }

    private static final String URL = "${callback.url}";

    private final JsonNode submit;
    private final String in;
    private final String name;
    private final JsonNode add;
    private final JsonNode owner;
    private final boolean yields;

    private RequestForm(JsonNode submit) {
        this.submit = submit;
        JsonNode callback = submit.path("callback");
        this.in = callback.path("in").asText();
        this.name = callback.path("name").asText(null);
        this.add = object(callback.path("add"));
        this.owner = object(submit.path("owner").path("add"));
        this.yields = submit.path("owner").path("yields").asBoolean();
    }

    /**
     * @param submit of a profile, with the operation's members merged into it
     * @return the form of its requests
     */
    public static RequestForm of(JsonNode submit) {
        return new RequestForm(submit);
    }

    /** @return the names of all variables that it fills in */
    public Set<String> names() {
        Set<String> names = new LinkedHashSet<>(Template.names(add));
        if (name != null) {
            names.add("callback.url");
        }
        for (JsonNode part : List.of(owner, submit.path("default"), submit.path("media").path("add"))) {
            names.addAll(Template.names(part));
        }
        return names;
    }

    /**
     * Looks, when a job is accepted, for what the relay must set itself and the caller has set to something else.
     *
     * @param request of the caller, a JSON object
     * @param options of the caller, a query as the vendor writes it, or null
     * @param media whether a media file of the inbox is sent
     * @param variables as far as they are known
     * @return the name of the member or option; empty where all is well
     * @throws IllegalArgumentException when the request is no JSON object, or has more members than any form
     */
    public Optional<String> conflict(String request, String options, boolean media, Variables variables) {
        Map<String, JsonNode> set = new LinkedHashMap<>();
        (media ? object(submit.path("media").path("add")) : object(null)).fields().forEachRemaining(one -> set.put(one.getKey(), one.getValue()));
        (inBody() ? add : object(null)).fields().forEachRemaining(one -> set.put(one.getKey(), one.getValue()));
        Map<String, Change> marks = new LinkedHashMap<>();
        owner.fields().forEachRemaining(one -> marks.put(one.getKey(), new Change(one.getValue(), yields ? How.UNLESS_THERE : How.MERGE)));
        Set<String> names = new LinkedHashSet<>(set.keySet());
        names.addAll(marks.keySet());
        byte[] body = request.getBytes(StandardCharsets.UTF_8);
        JsonSplice theirs = new JsonSplice(body, names);
        if (encoding().equals("form") || encoding().equals("multipart") && part() == null) {
            new JsonSplice(body, null); // it must fit into a form
        }
        Map<String, String> known = parts(variables); // what is not known yet is the caller's in no case
        return Stream.of(
                set.entrySet().stream().filter(one -> theirs.has(one.getKey()) && !theirs.is(one.getKey(), Template.json(one.getValue(), variables)))
                        .map(Map.Entry::getKey),
                marks.entrySet().stream().filter(one -> theirs.with(Map.of(one.getKey(), one.getValue())) == null).map(Map.Entry::getKey),
                options(options).stream().filter(option -> ours(option.name) && !option.value.equals(known.get(option.name))).map(Option::name))
                .flatMap(conflicts -> conflicts).findFirst();
    }

    private boolean ours(String option) {
        return in.equals("query") && (option.equals(name) || add.has(option));
    }

    /**
     * @param request of the caller, a JSON object, which stays as it was written
     * @param options of the caller, a query as the vendor writes it, or null
     * @param media whether a media file of the inbox is sent
     * @param variables by their names
     * @return what is sent; where the caller has set what the relay must set, the relay's counts
     */
    public Sent write(String request, String options, boolean media, Variables variables) {
        Map<String, Change> changes = new LinkedHashMap<>();
        changes(changes, submit.path("default"), How.UNLESS_THERE, variables);
        changes(changes, media ? submit.path("media").path("add") : null, How.SET, variables);
        changes(changes, inBody() ? add : null, How.SET, variables);
        Map<String, Change> marks = new LinkedHashMap<>();
        changes(marks, owner, yields ? How.UNLESS_THERE : How.MERGE, variables);
        changes.putAll(marks);
        byte[] body = request.getBytes(StandardCharsets.UTF_8);
        boolean marked = true;
        if (!changes.isEmpty()) {
            JsonSplice theirs = new JsonSplice(body, changes.keySet());
            marked = !yields || marks.entrySet().stream()
                    .allMatch(one -> !theirs.has(one.getKey()) || theirs.is(one.getKey(), one.getValue().value()));
            body = theirs.with(changes);
            if (body == null) { // the caller's stays, and the job cannot be looked for
                changes.keySet().removeAll(marks.keySet());
                body = theirs.with(changes);
                marked = false;
            }
        }
        Map<String, String> set = parts(variables);
        List<String> query = new ArrayList<>();
        options(options).stream().filter(option -> !ours(option.name)).forEach(option -> query.add(option.raw));
        if (in.equals("query")) {
            set.forEach((key, value) -> query.add(Template.encoded(key) + "=" + Template.encoded(value)));
        }
        FormBody form = switch (encoding()) {
            case "form" -> FormBody.form(body);
            case "multipart" -> FormBody.multipart(body, part());
            default -> new FormBody(body, "application/json");
        };
        return new Sent(form.bytes(), form.contentType(), String.join("&", query), in.equals("header") ? set : Map.of(), marked);
    }

    /**
     * @param variables by their names
     * @return what the mark of a job of ours is, where it comes back; empty where the profile has none
     */
    public Optional<String> mark(Variables variables) {
        JsonNode equals = submit.path("owner").path("equals");
        return submit.has("owner") ? Template.of(equals.isTextual() ? equals.textValue() : "${job.ref}").text(variables) : Optional.empty();
    }

    private boolean inBody() {
        return in.equals("body") || in.equals("registered");
    }

    private String encoding() {
        return submit.path("encoding").asText();
    }

    private String part() {
        return submit.path("part").asText(null);
    }

    private static void changes(Map<String, Change> changes, JsonNode members, How how, Variables variables) {
        JsonNode filled = Template.json(object(members), variables);
        filled.fields().forEachRemaining(one -> changes.put(one.getKey(), new Change(one.getValue(), how)));
    }

    /** What goes into query or headers, by name: the URL, and what is added, as texts. */
    private Map<String, String> parts(Variables variables) {
        Map<String, String> parts = new LinkedHashMap<>();
        if (inBody()) {
            return parts;
        }
        if (name != null) {
            Template.of(URL).header(variables).ifPresent(url -> parts.put(name, url));
        }
        for (Map.Entry<String, JsonNode> one : add.properties()) {
            JsonNode value = one.getValue();
            (value.isTextual() ? Template.of(value.textValue()).header(variables) : Optional.of(value.toString()))
                    .ifPresent(text -> parts.put(one.getKey(), text));
        }
        return parts;
    }

    /** One that cannot be decoded counts as it stands. */
    private record Option(String raw, String name, String value) {
    }

    private static List<Option> options(String options) {
        return options == null || options.isEmpty() ? List.of() : Stream.of(options.split("&")).map(raw -> {
            String[] pair = raw.split("=", 2);
            return new Option(raw, decoded(pair[0]), pair.length < 2 ? "" : decoded(pair[1]));
        }).toList();
    }

    private static String decoded(String text) {
        try {
            return PercentCode.text(text.replace('+', ' '));
        } catch (IllegalArgumentException e) {
            return text;
        }
    }

    private static ObjectNode object(JsonNode member) {
        return member instanceof ObjectNode object ? object : JsonNodeFactory.instance.objectNode();
    }
}
