package io.jobrelay.vendor;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.Map;

/** The vendor's words by what they mean to us. A word that is not listed means that the job runs: a new one must end none. */
public final class States {

    private final Map<String, State> words;

    private States(Map<String, State> words) {
        this.words = Map.copyOf(words);
    }

    /**
     * @param member {@code states} of a profile, or missing
     * @return the words
     */
    public static States of(JsonNode member) {
        Map<String, State> words = new HashMap<>();
        for (State state : State.values()) {
            member.path(state.word()).forEach(word -> words.putIfAbsent(word.asText(), state));
        }
        return new States(words);
    }

    /**
     * @param word of the vendor's
     * @return what it means
     */
    public State state(String word) {
        return words.getOrDefault(word, State.RUNNING);
    }

    /**
     * @param word of the vendor's
     * @return whether the profile lists it
     */
    public boolean knows(String word) {
        return words.containsKey(word);
    }
}
