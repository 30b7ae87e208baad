package io.jobrelay.provider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jobrelay.check.PollGap;
import io.jobrelay.document.Members;
import io.jobrelay.vendor.Codes;
import io.jobrelay.vendor.Handshake;
import io.jobrelay.vendor.JobReader;
import io.jobrelay.vendor.State;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One operation of a provider: the profile with the operation's own members merged into it. Places, states, matches, templates and proofs are
 * given as they stand, for those who read documents by them; one that is left out and has no usual value is missing.
 */
public final class Operation {

    private static final List<String> FORMATS = List.of("mp3", "mp4", "m4a", "wav", "webm", "aac", "flac", "ogg", "opus", "mov");

    private static final Codes DONE = Codes.SUCCESS.and(404);

    private final String name;
    private final ObjectNode merged;

    /**
     * How a job is sent.
     *
     * @param method HTTP method
     * @param path template
     * @param encoding {@code json}, {@code form} or {@code multipart}
     * @param part the multipart field that holds the whole request; null where each member is a field
     * @param callback where the callback URL goes
     * @param media how a media file of the inbox is sent; null where none is taken
     * @param defaults members added where the request has none of that name; missing where there are none
     * @param owner how a job is marked as ours; null where it cannot be
     * @param accepted codes that may mean taken
     * @param job {@code id}, {@code statusUrl}, {@code resultUrl}, {@code cancelUrl}: their places in the answer
     * @param done place of the state in the answer; missing where it tells none
     * @param route a Camel route called instead of the HTTP exchange; null where there is none
     */
    public record Submit(String method, String path, String encoding, String part, CallbackPlace callback, Media media, JsonNode defaults,
            Owner owner, Codes accepted, JsonNode job, JsonNode done, String route) {
    }

    /**
     * Where the callback URL goes.
     *
     * @param in {@code query}, {@code body}, {@code header} or {@code registered}
     * @param name of the query parameter or header; null where there is none
     * @param add members added; missing where there are none
     */
    public record CallbackPlace(String in, String name, JsonNode add) {
    }

    /**
     * How a media file of the inbox is sent.
     *
     * @param operation that it becomes
     * @param add members that hold its URL and format
     * @param defaults members the API needs besides; missing where there are none
     * @param formats endings that are taken, each with the vendor's word for it
     */
    public record Media(String operation, JsonNode add, JsonNode defaults, Map<String, String> formats) {
    }

    /**
     * What marks a job as ours at the vendor.
     *
     * @param add members merged into the request; missing where something that is sent anyway is the mark
     * @param item place of the mark in an item of the list; null where it is not there, as below
     * @param status place in the status answer
     * @param callback place in a callback
     * @param equals what it must be
     * @param yields whether the caller's own text stays, and the job is not looked for
     */
    public record Owner(JsonNode add, String item, String status, String callback, String equals, boolean yields) {
    }

    /**
     * Where a call goes.
     *
     * @param path template; null where a URL of the submit's answer is taken
     * @param url {@code ${job.statusUrl}} and its like; null where a path is
     * @param fallback template, for a URL that is not known or leads elsewhere; null where there is none
     */
    public record Target(String path, String url, String fallback) {
    }

    /**
     * How a job's state is asked for.
     *
     * @param target where
     * @param ok codes of answers that hold a status
     * @param state place of the vendor's word, and rules
     * @param notYet codes that mean still running
     * @param gone codes that mean that the vendor no longer has it
     * @param goneTimes how many of those in a row
     * @param goneApart at least so far apart
     * @param expired codes that end the job at once
     * @param shows places that the timeline tells of
     */
    public record Status(Target target, Codes ok, JsonNode state, Codes notYet, Codes gone, int goneTimes, Duration goneApart, Codes expired,
            List<String> shows) {
    }

    /**
     * Where the result of one end is.
     *
     * @param from {@code status}, {@code request} or {@code callback}
     * @param target of the request
     * @param headers of the request
     * @param at part of the answer that becomes the response; null means the whole
     * @param type that the answer is taken to have; null means its own
     * @param notYet codes that mean not there yet
     * @param failed codes that end the job as failed
     * @param gone match of a good status whose data the vendor has removed; missing where it removes none
     */
    public record Result(String from, Target target, Map<String, String> headers, String at, String type, Codes notYet, Codes failed,
            JsonNode gone) {
    }

    /**
     * What arrives. Missing where the profile has none of it.
     *
     * @param result whether it carries the result of a good end
     * @param failure whether it carries the response of a bad end
     * @param eventAt place of the event's name, at a registered hook; null where there are none
     * @param eventOf the name, {@code *} standing for any text; null likewise
     * @param id place of the vendor's id
     * @param idOptional whether a callback without it is readable
     * @param state place of the state, and rules
     * @param states words of callbacks: those of the status where it has none of its own
     * @param resultAt part that becomes the response: that of the result where it names none; null means the whole
     * @param incomplete matches under which it is only a notice
     * @param ignore matches of what means nothing
     * @param same lists of places in which one event agrees with itself
     * @param handshake the header that is sent back to a request without a body; null where no request only asks
     * @param verify proofs
     */
    public record Callback(boolean result, boolean failure, String eventAt, String eventOf, JsonNode id, boolean idOptional, JsonNode state,
            JsonNode states, String resultAt, JsonNode incomplete, JsonNode ignore, JsonNode same, String handshake, JsonNode verify) {
    }

    /**
     * How long the vendor keeps a result.
     *
     * @param word {@code none}, {@code keep} or {@code unknown}; null where a time is known
     * @param time null where a word stands for it
     * @param fromCompletion whether it counts from completion rather than from the submit
     */
    public record Retention(String word, Duration time, boolean fromCompletion) {
    }

    /**
     * When a job of which nothing is heard is given up.
     *
     * @param after since it was taken
     * @param resubmit whether it is sent again first
     * @param times how often
     */
    public record Lost(Duration after, boolean resubmit, int times) {
    }

    /**
     * When the status is asked for while no callback comes.
     *
     * @param initialDelay first after that silence
     * @param maxDelay the longest gap
     */
    public record Poll(Duration initialDelay, Duration maxDelay) {
    }

    /**
     * One further call.
     *
     * @param method HTTP method
     * @param target where
     * @param headers besides the authentication
     * @param body template; missing where none is sent
     * @param done codes that mean done
     * @param tooLate codes that mean that the job had ended
     */
    public record Call(String method, Target target, Map<String, String> headers, JsonNode body, Codes done, Codes tooLate) {
    }

    /**
     * The account's jobs at the vendor, newest first.
     *
     * @param path template
     * @param items place of the array
     * @param id place in an item
     * @param state place in an item; null where none tells it
     * @param next {@code at}, {@code item}, {@code query}: how the next page is asked for; missing where there is one page
     * @param covers how far back it reaches; null means all
     */
    public record JobList(String path, String items, String id, String state, JsonNode next, Duration covers) {
    }

    /**
     * @param name of the operation
     * @param merged the profile with the operation's own members in it, and its path as the only one in {@code operations}
     */
    Operation(String name, ObjectNode merged) {
        this.name = name;
        this.merged = merged;
    }

    /** @return its name in {@code api} */
    public String name() {
        return name;
    }

    /** @return its path, which {@code ${operation}} stands for; a template */
    public String path() {
        return merged.path("operations").path(name).asText();
    }

    /** @return whether {@code ?name=value} in {@code api} goes into the query of the submit */
    public boolean options() {
        return merged.has("options");
    }

    /** @return how a job is sent; nothing for event sources */
    public Optional<Submit> submit() {
        JsonNode it = merged.path("submit");
        JsonNode callback = it.path("callback");
        return it.isMissingNode() ? Optional.empty() : Optional.of(new Submit(Members.text(it, "method"), Members.text(it, "path"),
                Members.text(it, "encoding"), Members.text(it, "part"), new CallbackPlace(Members.text(callback, "in"),
                Members.text(callback, "name"), callback.path("add")), media(it.path("media")), it.path("default"), owner(it.path("owner")),
                Codes.of(it.path("accepted"), Codes.SUCCESS), it.path("job"), it.path("done"), Members.text(it, "route")));
    }

    private static Media media(JsonNode it) {
        if (it.isMissingNode()) {
            return null;
        }
        Map<String, String> formats = new LinkedHashMap<>();
        if (it.path("formats").isObject()) {
            formats.putAll(Members.texts(it.get("formats")));
        } else {
            (it.has("formats") ? Members.list(it.get("formats")) : FORMATS).forEach(ending -> formats.put(ending, ending));
        }
        return new Media(Members.text(it, "operation"), it.path("add"), it.path("default"), formats);
    }

    private static Owner owner(JsonNode it) {
        JsonNode at = it.path("at");
        return it.isMissingNode() ? null : new Owner(it.path("add"), Members.text(at, "item"), Members.text(at, "status"),
                Members.text(at, "callback"), it.path("equals").asText("${job.ref}"), it.path("yields").asBoolean());
    }

    private static Target target(JsonNode it) {
        return new Target(Members.text(it, "path"), Members.text(it, "url"), Members.text(it, "fallback"));
    }

    /** @return how its state is asked for; nothing where the vendor has no status API */
    public Optional<Status> status() {
        JsonNode it = merged.path("status");
        return !it.isObject() ? Optional.empty() : Optional.of(new Status(target(it), Codes.of(it.path("ok"), Codes.SUCCESS),
                it.path("state"), Codes.of(it.path("notYet")), Codes.of(it.path("gone").path("codes")), it.path("gone").path("times").asInt(2),
                Members.duration(it.path("gone"), "apart", Duration.ofMinutes(2)), Codes.of(it.path("expired")), Members.list(it.path("shows"))));
    }

    /** @return the vendor's words by what they mean to us */
    public JsonNode states() {
        return merged.path("states");
    }

    /** @return {@code created}, {@code completed}, {@code expires}: their places; missing where the vendor tells no times */
    public JsonNode times() {
        return merged.path("times");
    }

    /**
     * @param success whether of a good end or of a bad one
     * @return where its result is: in the status where nothing is said, in the callback where there is no status
     */
    public Result result(boolean success) {
        JsonNode all = merged.path("result");
        JsonNode it = all.has("success") || all.has("failure") ? all.path(success ? "success" : "failure") : all;
        String from = it.path("from").asText(merged.path("status").isObject() ? "status" : "callback");
        return new Result(from, target(it), Members.texts(it.path("headers")), Members.text(it, "at"), Members.text(it, "type"),
                Codes.of(it.path("notYet")), Codes.of(it.path("failed")), it.path("gone"));
    }

    /** @return places below {@code response} whose texts are files of the result */
    public List<String> links() {
        return Members.list(merged.path("links"));
    }

    /** @return what arrives */
    public Callback callback() {
        JsonNode it = merged.path("callback");
        JsonNode own = it.path("result").path("at");
        String resultAt = own.isTextual() ? own.asText() : result(true).at();
        JsonNode states = it.has("states") ? it.get("states") : states();
        return new Callback(JobReader.carries(it, State.SUCCESS), JobReader.carries(it, State.FAILURE), Members.text(it.path("event"), "at"),
                Members.text(it.path("event"), "of"), it.path("id"), it.path("id").path("optional").asBoolean(), it.path("state"), states, resultAt,
                it.path("incomplete"), it.path("ignore"), it.path("same"), Handshake.of(it.path("handshake")).header(),
                it.path("verify"));
    }

    /** @return the whole profile with this operation's members in it, for those who read it by its words; it must not be changed */
    public JsonNode merged() {
        return merged;
    }

    /** @return how long the vendor keeps a result */
    public Retention retention() {
        JsonNode it = merged.path("retention");
        Duration time = Members.duration(it, "result");
        return new Retention(time == null ? it.path("result").asText("unknown") : null, time, it.path("from").asText().equals("completion"));
    }

    /** @return when it is given up; nothing where only an expiry that the vendor tells decides */
    public Optional<Lost> lost() {
        JsonNode it = merged.path("lost");
        return it.isMissingNode() ? Optional.empty() : Optional.of(new Lost(Members.duration(it, "after"),
                it.path("then").asText().equals("resubmit"), it.path("times").asInt(1)));
    }

    /** @return when it is asked for */
    public Poll poll() {
        return new Poll(PollGap.initialDelay(merged), PollGap.maxDelay(merged));
    }

    /**
     * Tells whether an account may poll otherwise than the profile says.
     *
     * @param poll that the account wants
     * @return what is wrong with it, to be read after the name of its keys; nothing where no result would be lost by it
     */
    public Optional<String> problem(Poll poll) {
        return PollGap.problem(merged, poll.initialDelay(), poll.maxDelay());
    }

    /** @return the call that tells the vendor of a cancellation */
    public Optional<Call> cancel() {
        return call("cancel");
    }

    /** @return the call that deletes the vendor's copy */
    public Optional<Call> delete() {
        return call("delete");
    }

    private Optional<Call> call(String member) {
        JsonNode it = merged.path(member);
        return it.isMissingNode() ? Optional.empty() : Optional.of(new Call(Members.text(it, "method"), target(it),
                Members.texts(it.path("headers")), it.path("body"), Codes.of(it.path("done"), DONE), Codes.of(it.path("tooLate"))));
    }

    /** @return whether the vendor's copy is deleted after the last delivery, unless a key says otherwise */
    public boolean cleanup() {
        return merged.has("cleanup");
    }

    /** @return the account's jobs at the vendor */
    public Optional<JobList> list() {
        JsonNode it = merged.path("list");
        return it.isMissingNode() ? Optional.empty() : Optional.of(new JobList(Members.text(it, "path"), Members.text(it, "items"),
                Members.text(it, "id"), Members.text(it, "state"), it.path("next"), Members.duration(it, "covers")));
    }

    /** @return {@code message}, {@code code}: the places of the vendor's explanation; missing where none are known */
    public JsonNode errors() {
        return merged.path("errors");
    }

    /** @return documents of the vendor, for the sandbox */
    public JsonNode examples() {
        return merged.path("examples");
    }
}
