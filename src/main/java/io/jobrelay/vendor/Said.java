package io.jobrelay.vendor;

import io.jobrelay.document.Document;
import io.jobrelay.document.Place;
import io.jobrelay.protocol.ApiTime;
import io.jobrelay.protocol.Redaction;
import java.util.ArrayList;
import java.util.List;

/** What a vendor says of a job in one document. What is not there, or of another kind than it must be, is null and no error. */
public final class Said {

    private static final int LONGEST_TIME = 64;
    private static final int LONGEST_TEXT = 512;
    private static final int LONGEST_URL = 4_000;
    private static final int LONGEST_SHOWN = 100;
    private static final double LAST_SECOND = 253_402_300_799d;

    private final JobReader reader;
    private final Document document;
    private final String id;
    private final StatePlace.Told told;

    Said(JobReader reader, Arrived arrived, Document document) {
        this.reader = reader;
        this.document = document;
        this.id = reader.id(arrived, document);
        this.told = reader.told(arrived, document);
    }

    /** @return the vendor's id of the job, at most 512 characters; a whole number as its digits */
    public String id() {
        return id;
    }

    /** @return the state of ours; null where it cannot be told */
    public State state() {
        return told == null ? null : told.state();
    }

    /** @return the vendor's own word, or ours in small letters where a rule told the state: a job's {@code providerStatus} */
    public String word() {
        return told == null ? null : told.word();
    }

    /** @return whether the job has ended, for all that is said here */
    public boolean ended() {
        return told != null && told.state().ended();
    }

    /** @return the endpoint, which only RingCentral's documents name */
    public String api() {
        return document.text(reader.named("api"), LONGEST_TEXT);
    }

    /** @return when the job was created, as the vendor wrote it; Unix seconds as ISO text */
    public String created() {
        return time("created");
    }

    /** @return when it was completed */
    public String completed() {
        return time("completed");
    }

    /** @return when the vendor will forget it */
    public String expires() {
        return time("expires");
    }

    /** @return the name of an event at a registered hook */
    public String event() {
        return document.text(reader.named("event"), LONGEST_TEXT);
    }

    /** @return whether it is an event of this operation; always where the profile names none */
    public boolean isEvent() {
        return reader.isEvent(event());
    }

    /** @return the mark by which a job is known as ours; compare it with {@code submit.owner.equals}, filled in */
    public String owner() {
        return document.scalar(reader.named("owner"), LONGEST_URL);
    }

    /**
     * @param variable {@code job.statusUrl}, {@code job.resultUrl}, {@code job.cancelUrl}, of the answer to a submit, or
     *     {@code status:/pointer}, of a status, where {@code result.path} names it
     * @return what stands there
     */
    public String variable(String variable) {
        return document.scalar(reader.named(variable), LONGEST_URL);
    }

    /** @return whether it is answered well and means nothing */
    public boolean ignored() {
        return reader.ignores(document);
    }

    /** @return whether this callback carries the result itself; else it is news, and the job is asked for */
    public boolean carriesResult() {
        return ended() && reader.carries(state()) && !reader.incomplete(document) && (reader.nativeForm() || result() != null);
    }

    /**
     * @return where in the bytes the response of the state that is told stands; null where it is not there: a good end without it is not understood
     */
    public Document.Span result() {
        return result(told == null ? State.SUCCESS : told.state());
    }

    /**
     * @param end of the job
     * @return where in the bytes its response stands: what {@code result.at} names, of a bad end that has no such the whole document; null where
     *     it is not there, or the document is broken
     */
    public Document.Span result(State end) {
        Document.Span span = document.span(reader.result(end));
        return span == null && end.ended() && end != State.SUCCESS ? document.span(Place.at("")) : span;
    }

    /** @return the vendor's own words about what went wrong, redacted, on one line; null where there are none */
    public String message() {
        return reader.words().of(document);
    }

    /** @return what the timeline tells when it changes, such as a queue position: {@code /queue_position 3}; null where there is nothing */
    public String shown() {
        List<String> shown = new ArrayList<>();
        for (Place place : reader.shows()) {
            String value = document.line(place, LONGEST_SHOWN);
            if (value != null) {
                shown.add(place.pointers().get(0) + " " + value);
            }
        }
        return shown.isEmpty() ? null : Redaction.of(String.join(", ", shown));
    }

    /** @return for each list of {@code callback.same} a text: events with one in common are one and the same; a list with nothing in it has null */
    public List<String> sameness() {
        List<String> all = new ArrayList<>();
        for (List<Place> list : reader.same()) {
            List<String> values = list.stream().map(document::compared).toList();
            all.add(values.stream().allMatch(String::isEmpty) ? null : String.join("\u0001", values));
        }
        return all;
    }

    /** @return the document, to look at other places of the profile */
    public Document document() {
        return document;
    }

    private String time(String name) {
        Place place = reader.named(name);
        String text = document.text(place, LONGEST_TIME);
        if (text != null || reader.nativeForm()) {
            return text;
        }
        String number = document.scalar(place, LONGEST_TIME);
        if (number == null || number.isEmpty() || number.charAt(0) < '0' || number.charAt(0) > '9') {
            return null;
        }
        double seconds = Double.parseDouble(number);
        return seconds > 0 && seconds <= LAST_SECOND ? ApiTime.of(Math.round(seconds * 1000)) : null;
    }
}
