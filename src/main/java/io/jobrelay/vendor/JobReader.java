package io.jobrelay.vendor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.jobrelay.document.Document;
import io.jobrelay.document.DocumentReader;
import io.jobrelay.document.Match;
import io.jobrelay.document.Place;
import io.jobrelay.document.Template;
import io.jobrelay.protocol.StatusResource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Reads what a vendor says of a job, by one operation of its profile: the answer to a submit, the status, or a callback. Each is one pass over
 * the bytes; what does not fit is not understood, and never read as an end.
 */
public final class JobReader {

    private static final String STATUS = "status:";

    private final Spot id;
    private final StatePlace state;
    private final Map<String, Place> named = new HashMap<>();
    private final Map<State, Place> results = new HashMap<>();
    private final List<Match> gone = new ArrayList<>();
    private final List<Match> ignored;
    private final List<Match> incomplete;
    private final List<List<Place>> same = new ArrayList<>();
    private final List<Place> shows = new ArrayList<>();
    private final Map<State, Boolean> carries = new HashMap<>();
    private final Pattern event;
    private final VendorWords words;
    private final List<Place> places = new ArrayList<>();
    private final boolean nativeForm;
    private DocumentReader reader;

    private JobReader(JsonNode operation, Spot id, StatePlace state, JsonNode callback, boolean fetched) {
        this.id = id;
        this.state = state;
        this.words = VendorWords.of(operation.path("errors"));
        this.nativeForm = operation.path("outcome").asText().equals("native");
        this.ignored = Match.all(callback.path("ignore"));
        this.incomplete = Match.all(callback.path("incomplete"));
        this.event = callback.has("event") ? glob(callback.path("event").path("of").asText()) : null;
        place("event", callback.path("event").get("at"));
        callback.path("same").forEach(list -> {
            List<Place> agreeing = new ArrayList<>();
            list.forEach(one -> agreeing.add(Place.of(one)));
            same.add(agreeing);
        });
        callback.path("verify").forEach(proof -> places.add(Place.of(proof.get("at"))));
        for (State end : State.values()) {
            String kind = kind(end);
            JsonNode form = operation.path("result").path(kind).isObject() ? operation.path("result").path(kind) : operation.path("result");
            boolean own = fetched || !callback.isMissingNode() || !form.path("from").asText().equals("request"); // else it is of another document
            JsonNode at = callback.path("result").has("at") ? callback.path("result").get("at") : own ? form.get("at") : null;
            results.put(end, at == null ? Place.at("") : Place.of(at));
            carries.put(end, carries(callback, end));
            if (end == State.SUCCESS && form.has("gone")) {
                gone.add(Match.of(form.get("gone")));
            }
        }
        for (String time : List.of("created", "completed", "expires")) {
            place(time, operation.path("times").get(time));
        }
        if (nativeForm) {
            named.put("api", Place.at("/api"));
        }
    }

    private JobReader ready() {
        places.addAll(List.of(Place.at(""), id.at(), words.message(), words.code()));
        places.addAll(state.places());
        places.addAll(named.values());
        places.addAll(results.values());
        List.of(gone, ignored, incomplete).forEach(matches -> matches.forEach(match -> places.add(match.at())));
        same.forEach(places::addAll);
        places.addAll(shows);
        reader = DocumentReader.of(places);
        return this;
    }

    /**
     * @param operation a profile, with the members of one operation merged into it
     * @return a reader of what the status request is answered by
     */
    public static JobReader status(JsonNode operation) {
        JsonNode job = operation.path("submit").path("job").path("id");
        JsonNode own = job.isArray() ? job.get(0) : job; // the others name the request as well, and each request is another one
        JobReader reader = new JobReader(operation, new Spot("body", null, Place.of(own)),
                StatePlace.of(operation.path("status").path("state"), States.of(operation.path("states"))), MissingNode.getInstance(), false);
        operation.path("status").path("shows").forEach(one -> reader.shows.add(Place.of(one)));
        reader.place("owner", operation.path("submit").path("owner").path("at").get("status"));
        Template.names(operation.path("result")).stream().filter(name -> name.startsWith(STATUS))
                .forEach(name -> reader.named.put(name, Place.at(name.substring(STATUS.length()))));
        return reader.ready();
    }

    /**
     * @param operation a profile, with the members of one operation merged into it
     * @return a reader of callbacks
     */
    public static JobReader callback(JsonNode operation) {
        JsonNode callback = operation.path("callback");
        States words = States.of(callback.has("states") ? callback.path("states") : operation.path("states"));
        JobReader reader = new JobReader(operation, Spot.of(callback.path("id")), StatePlace.of(callback.path("state"), words), callback,
                false);
        reader.place("owner", operation.path("submit").path("owner").path("at").get("callback"));
        return reader.ready();
    }

    /**
     * @param operation a profile, with the members of one operation merged into it
     * @return a reader of what a submit is answered by
     */
    public static JobReader submitted(JsonNode operation) {
        JsonNode submit = operation.path("submit");
        JobReader reader = new JobReader(operation, new Spot("body", null, Place.of(submit.path("job").get("id"))),
                StatePlace.of(submit.path("done"), States.of(operation.path("states"))), MissingNode.getInstance(), false);
        for (String url : List.of("statusUrl", "resultUrl", "cancelUrl")) {
            reader.place("job." + url, submit.path("job").get(url));
        }
        return reader.ready();
    }

    /**
     * @param operation a profile, with the members of one operation merged into it
     * @return a reader of what the request for a result is answered by, which tells neither id nor state
     */
    public static JobReader fetched(JsonNode operation) {
        JsonNode none = MissingNode.getInstance();
        return new JobReader(operation, Spot.of(none), StatePlace.of(none, States.of(none)), none, true).ready();
    }

    /** @return all places it looks at: several operations of a registered hook can be read in one pass by {@link DocumentReader#of} */
    public List<Place> places() {
        return List.copyOf(places);
    }

    /**
     * @param arrived what came in unasked
     * @return what it says; empty when the body is needed and is no JSON object in UTF-8, or is nested too deep: {@link Document#refusal}
     */
    public Optional<Said> read(Arrived arrived) {
        Said said = said(arrived, reader.read(arrived.body()));
        return !inBody() || said.document().whole() && said.document().object() ? Optional.of(said) : Optional.empty();
    }

    /**
     * @param body of an answer that was asked for and may not come a second time
     * @return what it says, however deep it is nested, whatever bytes are in its strings, and where it is broken, what stands in front of
     *     that; empty when it is no object, has no end, or its state cannot be read
     */
    public Optional<Said> glean(byte[] body) {
        Document document = reader.glean(body);
        Said said = said(Arrived.of(body), document);
        return document.object() && (document.whole() || said.state() != null && document.hasEnd()) ? Optional.of(said) : Optional.empty();
    }

    /**
     * @param body that {@link #read} did not take
     * @return why, for people
     */
    public String refusal(byte[] body) {
        return reader.read(body).refusal();
    }

    /**
     * @param arrived what came
     * @param document its body, read with {@link #places}
     * @return what it says
     */
    public Said said(Arrived arrived, Document document) {
        return new Said(this, arrived, document);
    }

    private boolean inBody() {
        return id.inBody() || state.inBody();
    }

    String id(Arrived arrived, Document document) {
        String text = id.text(arrived, document, StatusResource.LONGEST_JOB_ID);
        return text == null && id.inBody() && document.wholeNumber(id.at()) ? document.scalar(id.at(), StatusResource.LONGEST_JOB_ID) : text;
    }

    StatePlace.Told told(Arrived arrived, Document document) {
        StatePlace.Told told = state.read(arrived, document);
        boolean removed = told != null && told.state() == State.SUCCESS && gone.stream().anyMatch(match -> match.holds(document));
        return removed ? new StatePlace.Told(State.EXPIRED, told.word()) : told;
    }

    Place named(String name) {
        return named.getOrDefault(name, Place.NOWHERE);
    }

    Place result(State end) {
        return results.get(end);
    }

    /**
     * @param callback of a profile
     * @param end of a job
     * @return whether callbacks that tell it carry the response, as the profile says
     */
    public static boolean carries(JsonNode callback, State end) {
        JsonNode carries = callback.path("carries");
        return (carries.isObject() ? carries.path(kind(end)) : carries).asText().equals("result");
    }

    private static String kind(State end) {
        return end == State.SUCCESS || end == State.RUNNING ? "success" : "failure";
    }

    boolean carries(State end) {
        return carries.get(end);
    }

    boolean ignores(Document document) {
        return ignored.stream().anyMatch(match -> match.holds(document));
    }

    boolean incomplete(Document document) {
        return incomplete.stream().anyMatch(match -> match.holds(document));
    }

    boolean isEvent(String name) {
        return event == null || name != null && event.matcher(name).matches();
    }

    List<List<Place>> same() {
        return same;
    }

    List<Place> shows() {
        return shows;
    }

    VendorWords words() {
        return words;
    }

    boolean nativeForm() {
        return nativeForm;
    }

    private void place(String name, JsonNode at) {
        if (at != null) {
            named.put(name, Place.of(at));
        }
    }

    private static Pattern glob(String name) {
        return Pattern.compile(Pattern.quote(name).replace("*", "\\E.*\\Q"), Pattern.DOTALL);
    }
}
