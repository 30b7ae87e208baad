package io.jobrelay.check;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** The examples of a profile must hold what its places name: the id, the state that they are examples of, and the result. */
final class ProfileExamples {

    private static final List<String> STATES = List.of("running", "success", "failure", "cancelled", "expired");
    private static final Set<String> PARTS = Set.of("body", "query", "headers");
    private static final Pattern STATUS = Pattern.compile("[$][{]status:([^}]*)}");
    private static final int DEEPEST = 5;

    private final JsonNode profile;
    private final Findings found;

    /**
     * @param profile with an operation merged into it
     * @param found gets what is wrong
     */
    ProfileExamples(JsonNode profile, Findings found) {
        this.profile = profile;
        this.found = found;
    }

    /** Looks at all examples that there are; that those which are needed are there is the schema's to say. */
    void check() {
        has("submitted", profile.at("/submit/job/id"), "submit.job.id");
        if (profile.path("status").isObject()) {
            for (String name : List.of("running", "success", "failure")) {
                JsonNode document = example(name);
                if (!document.isMissingNode()) {
                    state("/examples/" + name, name, profile.at("/status/state"), "status.state", profile.path("states"), new Request(document));
                }
            }
            result("success");
            result("failure");
        }
        callback("success");
        callback("failure");
        has("registered", profile.at("/registration/create/id"), "registration.create.id");
        has("registered", profile.at("/registration/create/secret"), "registration.create.secret");
        items("listed", profile.at("/registration/list"), "registration.list", "id", "address");
        has("subscription", profile.at("/subscription/id"), "subscription.id");
        has("subscription", profile.at("/subscription/expires"), "subscription.expires");
        profile.path("credentials").fields().forEachRemaining(one -> has("secret", one.getValue().at("/fetch/at"), "credentials." + one.getKey()
                + ".fetch.at"));
    }

    /** What reaches us: an example that names the parts of a request has them, any other is its body. */
    private record Request(JsonNode body, JsonNode query, JsonNode headers) {

        Request(JsonNode document) {
            this(parts(document) ? document.path("body") : document, parts(document) ? document.path("query") : MissingNode.getInstance(),
                    parts(document) ? document.path("headers") : MissingNode.getInstance());
        }

        private static boolean parts(JsonNode document) {
            List<String> names = new ArrayList<>();
            document.fieldNames().forEachRemaining(names::add);
            return document.has("body") && PARTS.containsAll(names);
        }

        /** @return what stands at a place that says in which part; missing when nothing does */
        JsonNode at(JsonNode place) {
            return switch (place.path("in").asText("body")) {
                case "query" -> query.path(place.path("name").asText());
                case "header" -> headers.path(place.path("name").asText());
                default -> place.has("at") ? first(body, place.get("at")) : MissingNode.getInstance();
            };
        }
    }

    private void callback(String end) {
        JsonNode document = example("callback").path(end);
        if (document.isMissingNode()) {
            return;
        }
        String pointer = "/examples/callback/" + end;
        Request request = new Request(resolved(document, 0));
        JsonNode callback = profile.path("callback");
        if (callback.has("id") && !callback.at("/id/optional").asBoolean() && isNothing(request.at(callback.get("id")))) {
            found.rule(pointer, " has no id where callback.id looks for it");
        }
        if (callback.has("state")) {
            state(pointer, end, callback.get("state"), "callback.state", callback.has("states") ? callback.get("states") : profile.path("states"),
                    request);
        }
        for (JsonNode one : callback.path("ignore")) {
            if (holds(request.body(), one)) {
                found.rule(pointer, " would be ignored by callback.ignore");
            }
        }
        JsonNode event = callback.path("event");
        if (event.has("at") && !glob(event.path("of").asText()).matcher(request.body().at(event.get("at").asText()).asText()).matches()) {
            found.rule(pointer, " is no event of this operation by callback.event (" + event.path("of").asText() + ")");
        }
        JsonNode carries = callback.path("carries");
        if ((carries.isObject() ? carries.path(end) : carries).asText().equals("result")) {
            for (JsonNode one : end.equals("success") ? callback.path("incomplete") : MissingNode.getInstance()) {
                if (holds(request.body(), one)) {
                    found.rule(pointer, " is incomplete by callback.incomplete, so that no callback would ever carry the result");
                }
            }
            JsonNode at = callback.has("result") ? callback.at("/result/at") : form(end).path("at");
            if (end.equals("success") && at.isTextual() && isNothing(first(request.body(), at))) {
                found.rule(pointer, " has no result at " + at.asText() + ", where " + (callback.has("result") ? "callback.result" : "result")
                        + " looks for it");
            }
        }
    }

    private void result(String end) {
        JsonNode status = example(end);
        JsonNode form = form(end);
        if (status.isMissingNode() || form.isMissingNode()) {
            return;
        }
        String pointer = "/examples/" + end;
        JsonNode at = form.path("at");
        if (form.path("from").asText().equals("request") && end.equals("success")) {
            JsonNode result = example("result");
            if (result.isMissingNode()) {
                found.rule("/examples", " lacks result, the answer to the request of the result");
            } else if (at.isTextual() && isNothing(first(result, at))) {
                found.rule("/examples/result", " has no result at " + at.asText() + ", where result looks for it");
            }
            STATUS.matcher(form.path("path").asText()).results().map(match -> match.group(1)).filter(place -> isNothing(status.at(place)))
                    .forEach(place -> found.rule(pointer, " has nothing at " + place + ", which the path of the result needs"));
        } else if (form.path("from").asText().equals("status") && end.equals("success") && at.isTextual() && isNothing(first(status, at))) {
            found.rule(pointer, " has no result at " + at.asText() + ", where result looks for it");
        }
        if (end.equals("success") && form.has("gone") && holds(status, form.get("gone"))) {
            found.rule(pointer, " has no result any more by result.gone");
        }
    }

    private JsonNode form(String end) {
        JsonNode result = profile.path("result");
        return result.has("success") || result.has("failure") ? result.path(end) : result;
    }

    private void state(String pointer, String wanted, JsonNode place, String name, JsonNode words, Request request) {
        String state = null;
        for (JsonNode rule : place.path("rules")) {
            state = state == null && holds(request.body(), rule) ? rule.path("is").asText() : state;
        }
        JsonNode word = request.at(place);
        if (state == null && isNothing(word) && !wanted.equals("running")) {
            found.rule(pointer, " has no state where " + name + " looks for it");
            return;
        }
        for (String one : state == null ? STATES : List.<String>of()) {
            for (JsonNode listed : words.path(one)) {
                state = listed.asText().equals(word.asText()) ? one : state;
            }
        }
        String is = state == null ? "running" : state;
        if (!is.equals(wanted)) {
            found.rule(pointer, " has the state " + is + (isNothing(word) ? "" : " (" + ProfileSchema.shown(word) + ")") + " by " + name
                    + ", and must be an example of " + wanted);
        }
    }

    private void has(String example, JsonNode place, String name) {
        JsonNode document = example(example);
        if (!document.isMissingNode() && !place.isMissingNode() && isNothing(first(document, place))) {
            found.rule("/examples/" + example, " has nothing where " + name + " looks for it");
        }
    }

    private void items(String example, JsonNode list, String name, String... members) {
        JsonNode document = example(example);
        if (document.isMissingNode() || !list.path("items").isTextual()) {
            return;
        }
        JsonNode items = first(document, list.get("items"));
        for (String member : members) {
            if (items.isEmpty() || isNothing(first(items.path(0), list.path(member)))) {
                found.rule("/examples/" + example, " has nothing where " + name + "." + member + " looks for it");
            }
        }
    }

    // ---- documents

    private JsonNode example(String name) {
        return resolved(profile.path("examples").path(name), 0);
    }

    /** Puts the examples in their places that texts such as {@code ${example:success}} stand for. */
    private JsonNode resolved(JsonNode node, int depth) {
        if (node.isTextual() && node.asText().matches("[$][{]example:[^}]+}") && depth < DEEPEST) {
            String name = node.asText().substring("${example:".length(), node.asText().length() - 1);
            return resolved(profile.path("examples").path(name), depth + 1);
        }
        if (node instanceof ObjectNode object) {
            ObjectNode copy = object.objectNode();
            object.fields().forEachRemaining(member -> copy.set(member.getKey(), resolved(member.getValue(), depth)));
            return copy;
        }
        if (node instanceof ArrayNode array) {
            ArrayNode copy = array.arrayNode();
            array.forEach(item -> copy.add(resolved(item, depth)));
            return copy;
        }
        return node;
    }

    private static boolean holds(JsonNode document, JsonNode match) {
        if (match.has("has")) {
            return !isNothing(first(document, match.get("has")));
        }
        JsonNode there = first(document, match.path("at"));
        return match.has("at") && (isNothing(there) ? match.path("equals").isNull() : there.equals(match.path("equals")));
    }

    /** @return what stands at the first of some places that holds something; missing when none does, or one is not the form of a place */
    private static JsonNode first(JsonNode document, JsonNode places) {
        for (JsonNode place : places.isArray() ? places : List.of(places)) {
            if (place.isTextual() && place.asText().matches("(/.*)?")) {
                JsonNode there = document.at(place.asText().replaceFirst("/\\*$", ""));
                if (!isNothing(there)) {
                    return there;
                }
            }
        }
        return MissingNode.getInstance();
    }

    private static boolean isNothing(JsonNode node) {
        return node.isMissingNode() || node.isNull();
    }

    private static Pattern glob(String text) {
        return Pattern.compile("\\Q" + text.replace("*", "\\E.*\\Q") + "\\E");
    }
}
