package io.jobrelay.check;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.jobrelay.document.DocumentReader;
import io.jobrelay.document.Match;
import io.jobrelay.document.Members;
import io.jobrelay.document.Place;
import io.jobrelay.document.Pointer;
import io.jobrelay.document.Template;
import io.jobrelay.document.Variables;
import io.jobrelay.vendor.Arrived;
import io.jobrelay.vendor.JobReader;
import io.jobrelay.vendor.ListReader;
import io.jobrelay.vendor.Said;
import io.jobrelay.vendor.State;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The examples of a profile must hold what its places name: the id, the state that they are examples of, and the result. They are read by those
 * who read the vendor's documents.
 */
final class ProfileExamples {

    private static final Set<String> PARTS = Set.of("body", "query", "headers");
    private static final String EXAMPLE = "example:";
    private static final String STATUS = "status:";
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
        for (Runnable part : List.<Runnable>of(this::status, this::callback, this::hooks, this::places)) {
            try {
                part.run();
            } catch (IllegalArgumentException e) {
                // a place or a word that has not even the form of one, as the schema tells
            }
        }
    }

    private void status() {
        if (!profile.path("status").isObject()) {
            return;
        }
        JobReader reader = JobReader.status(profile);
        for (State wanted : List.of(State.RUNNING, State.SUCCESS, State.FAILURE)) {
            String pointer = "/examples/" + wanted.word();
            JsonNode example = example(wanted.word());
            if (example.isMissingNode()) {
                continue;
            }
            Said said = said(reader, example);
            JsonNode form = form(wanted);
            boolean removed = wanted == State.SUCCESS && form.has("gone") && Match.of(form.get("gone")).holds(said.document());
            if (removed) {
                found.rule(pointer, " has no result any more by result.gone");
            } else {
                state(pointer, wanted, said, "status.state");
            }
            if (wanted == State.SUCCESS && form.path("from").asText().equals("status")) {
                result(pointer, said, form.path("at"), "result");
            }
            if (wanted == State.SUCCESS && form.path("from").asText().equals("request")) {
                fetched(form.path("at"));
            }
            if (wanted.ended() && form.path("from").asText().equals("request")) {
                Template.names(form).stream().filter(name -> name.startsWith(STATUS) && said.variable(name) == null)
                        .forEach(name -> found.rule(pointer, " has nothing at " + name.substring(STATUS.length()) + ", which the path of the result"
                                + " needs"));
            }
        }
    }

    private void fetched(JsonNode at) {
        JsonNode example = example("result");
        if (example.isMissingNode()) {
            found.rule("/examples", " lacks result, the answer to the request of the result");
        } else {
            result("/examples/result", said(JobReader.fetched(profile), example), at, "result");
        }
    }

    private void callback() {
        JsonNode callback = profile.path("callback");
        JobReader reader = JobReader.callback(profile);
        for (State wanted : List.of(State.SUCCESS, State.FAILURE)) {
            String pointer = "/examples/callback/" + wanted.word();
            JsonNode example = example("callback").path(wanted.word());
            if (example.isMissingNode()) {
                continue;
            }
            Said said = said(reader, example);
            if (callback.has("id") && !callback.at("/id/optional").asBoolean() && said.id() == null) {
                found.rule(pointer, " has no id where callback.id looks for it");
            }
            if (callback.has("state")) {
                state(pointer, wanted, said, "callback.state");
            }
            if (said.ignored()) {
                found.rule(pointer, " would be ignored by callback.ignore");
            }
            if (!said.isEvent()) {
                found.rule(pointer, " is no event of this operation by callback.event (" + callback.at("/event/of").asText() + ")");
            }
            if (wanted == State.SUCCESS && JobReader.carries(callback, wanted)) {
                if (Match.all(callback.path("incomplete")).stream().anyMatch(one -> one.holds(said.document()))) {
                    found.rule(pointer, " is incomplete by callback.incomplete, so that no callback would ever carry the result");
                }
                boolean own = callback.has("result");
                result(pointer, said, own ? callback.at("/result/at") : form(wanted).path("at"), own ? "callback.result" : "result");
            }
        }
    }

    private void hooks() {
        JsonNode list = profile.at("/registration/list");
        JsonNode example = example("listed");
        if (example.isMissingNode() || !list.isObject()) {
            return;
        }
        ListReader.Item hook = ListReader.of(list, null).read(bytes(example)).flatMap(page -> page.items().stream().findFirst())
                .orElse(new ListReader.Item(null, null, null, false, null));
        if (hook.id() == null) {
            nothing("listed", "registration.list.id");
        }
        if (hook.address() == null) {
            nothing("listed", "registration.list.address");
        }
    }

    private void places() {
        place("submitted", "/submit/job/id");
        place("registered", "/registration/create/id");
        place("registered", "/registration/create/secret");
        place("subscription", "/subscription/id");
        place("subscription", "/subscription/expires");
        profile.path("credentials").fieldNames().forEachRemaining(name -> place("secret", Pointer.below("/credentials", name) + "/fetch/at"));
    }

    private void place(String name, String member) {
        JsonNode example = example(name);
        Place place = Place.of(profile.at(member));
        if (!example.isMissingNode() && !place.nowhere() && !DocumentReader.of(List.of(place)).read(bytes(example)).has(place)) {
            nothing(name, ProfileTree.words(member));
        }
    }

    private void nothing(String example, String member) {
        found.rule("/examples/" + example, " has nothing where " + member + " looks for it");
    }

    private void state(String pointer, State wanted, Said said, String name) {
        State is = said.state();
        if (is == null && wanted.ended()) {
            found.rule(pointer, " has no state where " + name + " looks for it");
        } else if (is != null && is != wanted) {
            String word = said.word().equals(is.word()) ? "" : " (" + ProfileSchema.shown(TextNode.valueOf(said.word())) + ")";
            found.rule(pointer, " has the state " + is.word() + word + " by " + name + ", and must be an example of " + wanted.word());
        }
    }

    private void result(String pointer, Said said, JsonNode at, String name) {
        if (at.isTextual() && said.result(State.SUCCESS) == null) {
            found.rule(pointer, " has no result at " + at.asText() + ", where " + name + " looks for it");
        }
    }

    private JsonNode form(State end) {
        JsonNode result = profile.path("result");
        return result.has("success") || result.has("failure") ? result.path(end.word()) : result;
    }

    // ---- documents

    /** What reaches us: an example that names the parts of a request has them, any other is its body. */
    private static Said said(JobReader reader, JsonNode example) {
        List<String> names = new ArrayList<>();
        example.fieldNames().forEachRemaining(names::add);
        boolean parts = example.has("body") && PARTS.containsAll(names);
        byte[] body = bytes(parts ? example.get("body") : example);
        JsonNode none = MissingNode.getInstance();
        String query = Members.texts(parts ? example.path("query") : none).entrySet().stream()
                .map(one -> Template.encoded(one.getKey()) + "=" + Template.encoded(one.getValue())).collect(Collectors.joining("&"));
        Arrived arrived = new Arrived(body, query, Members.texts(parts ? example.path("headers") : none));
        return reader.said(arrived, DocumentReader.of(reader.places()).read(body));
    }

    private static byte[] bytes(JsonNode document) {
        return document.toString().getBytes(StandardCharsets.UTF_8);
    }

    private JsonNode example(String name) {
        return filled(profile.path("examples").path(name), 0);
    }

    /** Puts the examples in their places that texts such as {@code ${example:success}} stand for; other variables stay as they are. */
    private JsonNode filled(JsonNode example, int depth) {
        return depth == DEEPEST ? example : Template.json(example, Variables.of(name -> name.startsWith(EXAMPLE)
                ? filled(profile.path("examples").path(name.substring(EXAMPLE.length())), depth + 1) : "${" + name + "}"));
    }
}
