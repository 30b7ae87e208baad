package io.jobrelay.vendor;

import com.fasterxml.jackson.databind.JsonNode;
import io.jobrelay.document.Document;
import io.jobrelay.document.Match;
import io.jobrelay.document.Place;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Where the vendor's word for a state stands, and the rules that count before it: the first that holds. */
public final class StatePlace {

    /** The longest word that is taken for one. */
    static final int LONGEST_WORD = 64;

    /**
     * A state as it was told.
     *
     * @param state what it means
     * @param word the vendor's own, or ours in small letters where a rule told it
     */
    public record Told(State state, String word) {
    }

    private record Rule(Match match, State is) {
    }

    private final Spot word;
    private final List<Rule> rules = new ArrayList<>();
    private final States states;

    private StatePlace(Spot word, States states) {
        this.word = word;
        this.states = states;
    }

    /**
     * @param member of a profile: {@code in}, {@code name}, {@code at}, {@code rules}; or missing
     * @param states what the words mean
     * @return the place
     */
    public static StatePlace of(JsonNode member, States states) {
        StatePlace place = new StatePlace(Spot.of(member), states);
        member.path("rules").forEach(rule -> place.rules.add(new Rule(Match.of(rule), State.of(rule.path("is").asText()))));
        return place;
    }

    /** @return all places that it looks at */
    public List<Place> places() {
        return Stream.concat(Stream.of(word.at()), rules.stream().map(rule -> rule.match.at())).toList();
    }

    /** @return whether it looks into the body */
    boolean inBody() {
        return word.inBody() || !rules.isEmpty();
    }

    /**
     * @param arrived what came
     * @param document its body
     * @return the state; null where no rule holds and no word can be read. Where there are rules alone and none holds, the job runs
     */
    public Told read(Arrived arrived, Document document) {
        for (Rule rule : rules) {
            if (rule.match.holds(document)) {
                return new Told(rule.is, rule.is.word());
            }
        }
        String said = word.text(arrived, document, LONGEST_WORD);
        if (said != null) {
            return new Told(states.state(said), said);
        }
        return word.nowhere() && !rules.isEmpty() ? new Told(State.RUNNING, State.RUNNING.word()) : null;
    }
}
