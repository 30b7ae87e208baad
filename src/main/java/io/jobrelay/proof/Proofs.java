package io.jobrelay.proof;

import com.fasterxml.jackson.databind.JsonNode;
import io.jobrelay.document.Document;
import io.jobrelay.vendor.Arrived;
import io.jobrelay.vendor.State;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** All proofs of a callback that a profile knows besides the capability URL: of those that apply one must hold. */
public final class Proofs {

    /** What a proof says of a callback. The later one of two counts more. */
    public enum Verdict {
        /** It is not the vendor's. */
        FORGED,
        /** It was the vendor's, or our clock is wrong: the time of signing is too far away. */
        STALE,
        /** What it is verified with cannot be had now: nobody knows. */
        UNAVAILABLE,
        /** It is the vendor's. */
        GOOD
    }

    private final List<Proof> entries = new ArrayList<>();

    private Proofs() {
    }

    /**
     * @param verify of a profile, a list; or missing
     * @return its proofs
     */
    public static Proofs of(JsonNode verify) {
        Proofs proofs = new Proofs();
        verify.forEach(entry -> proofs.entries.add(new Proof(entry)));
        return proofs;
    }

    /** @return the names of the variables that hold secrets */
    public Set<String> names() {
        Set<String> names = new LinkedHashSet<>();
        entries.forEach(entry -> names.addAll(entry.names()));
        return names;
    }

    /** @return whether there is one that applies to every callback */
    public boolean always() {
        return entries.stream().anyMatch(entry -> entry.applies(null));
    }

    /**
     * @param arrived callback, its body as it came
     * @param document the body, read with the places of {@code verify}: those that its reader names
     * @param state that the callback tells, or null
     * @param material to verify with
     * @param clock the relay's
     * @return good where one holds, or where none applies: the capability URL is the proof then
     */
    public Verdict verify(Arrived arrived, Document document, State state, Material material, Clock clock) {
        List<Proof> applying = entries.stream().filter(entry -> entry.applies(state)).toList();
        Verdict verdict = applying.isEmpty() ? Verdict.GOOD : Verdict.FORGED;
        for (Proof entry : applying) {
            Verdict one = entry.verify(arrived, document, material, clock);
            verdict = one.compareTo(verdict) > 0 ? one : verdict;
        }
        return verdict;
    }

    /**
     * Signs as the vendor does, for the sandbox. A {@code body-echo} is in the body already.
     *
     * @param arrived callback that is to be sent: its body as it will be, and headers that may be part of what is signed
     * @param state that it tells, or null
     * @param material to sign with
     * @param clock the relay's
     * @param id of the message, where the scheme has one
     * @return the headers to send besides
     * @throws IllegalStateException when what it takes to sign cannot be had
     */
    public Map<String, String> sign(Arrived arrived, State state, Material material, Clock clock, String id) {
        Map<String, String> headers = new LinkedHashMap<>();
        entries.stream().filter(entry -> entry.applies(state)).forEach(entry -> headers.putAll(entry.sign(arrived, material, clock, id)));
        return headers;
    }
}
