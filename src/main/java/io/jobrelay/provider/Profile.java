package io.jobrelay.provider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jobrelay.check.Merge;
import io.jobrelay.check.ProfileFile;
import io.jobrelay.check.ProfileTree;
import io.jobrelay.document.Members;
import io.jobrelay.vendor.Codes;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * One asynchronous AI API as its file describes it: what all its operations share. What a job needs is in {@link Operation}. What a member means
 * stands in {@code src/docs/providers.md}; members that are left out have the value that stands there. Never changes; an edit makes another one.
 */
public final class Profile {

    private final ObjectNode root;
    private final Map<String, Operation> operations = new LinkedHashMap<>();
    private final Map<String, Credential> credentials = new LinkedHashMap<>();
    private final Pattern paths;

    /**
     * What an account must be given.
     *
     * @param name of the key, behind {@code relay.account.<name>.}
     * @param env the vendor's usual variable; null where there is none
     * @param secret whether it is shown nowhere
     * @param optional whether an account starts without it; a hook secret always is
     * @param hookSecret whether a callback is verified with it
     * @param fetchPath where the API tells it; null where it does not
     * @param fetchAt the place in that answer; null likewise
     * @param where the page where people find it; null where none is known
     */
    public record Credential(String name, String env, boolean secret, boolean optional, boolean hookSecret, String fetchPath, String fetchAt,
            String where) {
    }

    /**
     * How our calls authenticate. Texts are templates with credentials in them; null where the scheme has no use for them.
     *
     * @param scheme {@code bearer}, {@code header}, {@code basic}, {@code oauth2} or {@code none}
     * @param token of {@code bearer}
     * @param header its name, of {@code header}
     * @param value of that header
     * @param user of {@code basic}
     * @param password of {@code basic}
     * @param grant of {@code oauth2}
     * @param tokenPath of {@code oauth2}
     * @param client {@code basic} or {@code form}: how client-id and client-secret are sent
     * @param form further fields of the token call
     * @param scopes that the token should have; only the doctor asks
     * @param headers of every call besides
     */
    public record Authentication(String scheme, String token, String header, String value, String user, String password, String grant,
            String tokenPath, String client, Map<String, String> form, List<String> scopes, Map<String, String> headers) {
    }

    /**
     * What the sender of callbacks does with an answer.
     *
     * @param success codes that end its tries as delivered
     * @param stop codes that end them as not delivered
     * @param timeout how long it waits; null where that is not known, as below
     * @param attempts tries in all
     * @param interval between tries
     * @param exponential whether that grows
     * @param window after which it gives up
     * @param redirects whether a 3xx is followed
     * @param disables when it stops for good, in words
     */
    public record Delivery(Codes success, Codes stop, Duration timeout, Integer attempts, Duration interval, boolean exponential,
            Duration window, boolean redirects, String disables) {
    }

    /**
     * What we answer to callbacks that are not taken.
     *
     * @param unreadable to a body that cannot be read
     * @param foreign to the id of another job
     * @param unknown at a registered hook, to an id that is not ours
     * @param forged to a proof that fails
     * @param repeats whether the sender comes again, and that is accepted
     */
    public record Acknowledge(int unreadable, int foreign, int unknown, int forged, boolean repeats) {
    }

    /**
     * A limit of calls, all instances together.
     *
     * @param calls that it counts together
     * @param operations whose calls those are; none means all
     * @param limit how many
     * @param period in any time of that length; null where it bounds accepted jobs that have not ended
     */
    public record Limit(Set<String> calls, Set<String> operations, int limit, Duration period) {
    }

    /**
     * One free authenticated GET.
     *
     * @param path where
     * @param ok codes that mean that the key works
     */
    public record Probe(String path, Codes ok) {
    }

    private Profile(ObjectNode root) {
        this.root = root;
        root.path("operations").fieldNames().forEachRemaining(name -> operations.put(name, new Operation(name, Merge.of(root, name))));
        this.paths = root.has("paths") ? Pattern.compile(root.get("paths").asText()) : null;
        Set<String> hooks = hookSecrets();
        root.path("credentials").fields().forEachRemaining(one -> {
            JsonNode it = one.getValue();
            boolean hook = hooks.contains(one.getKey());
            credentials.put(one.getKey(), new Credential(one.getKey(), Members.text(it, "env"), it.path("secret").asBoolean(),
                    hook || it.path("optional").asBoolean(), hook, Members.text(it.path("fetch"), "path"), Members.text(it.path("fetch"), "at"),
                    Members.text(it, "where")));
        });
    }

    /**
     * @param file that has passed the check
     * @return its profile
     * @throws IllegalStateException when it has not
     */
    static Profile of(ProfileFile file) {
        try {
            return new Profile(ProfileTree.of(file.text()).root());
        } catch (ProfileTree.Unreadable e) {
            throw new IllegalStateException(e.problem().sentence(file.name()), e);
        }
    }

    private Set<String> hookSecrets() {
        Set<String> names = new LinkedHashSet<>();
        root.path("credentials").fieldNames().forEachRemaining(name -> {
            for (Operation operation : operations.values()) {
                for (JsonNode entry : operation.callback().verify()) {
                    if ((entry.path("secret").asText() + entry.path("value").asText()).contains("${" + name + "}")) {
                        names.add(name);
                    }
                }
            }
        });
        return names;
    }

    /** @return its name, and that of its file */
    public String provider() {
        return root.path("provider").asText();
    }

    /** @return what people read */
    public String title() {
        return root.path("title").asText();
    }

    /** @return where the vendor describes the API */
    public Optional<String> docs() {
        return Optional.ofNullable(Members.text(root, "docs"));
    }

    /** @return when the vendor's documents were last compared with the file */
    public Optional<LocalDate> read() {
        return Optional.ofNullable(Members.text(root, "read")).map(LocalDate::parse);
    }

    /** @return when the file was last tried with the live API; nothing where it never was, which must be said */
    public Optional<LocalDate> live() {
        return Optional.ofNullable(Members.text(root, "live")).map(LocalDate::parse);
    }

    /** @return whether nothing is submitted, and the events of a subscription become jobs */
    public boolean source() {
        return root.path("source").asBoolean();
    }

    /** @return the place of the name under which a missed event is fetched; nothing but for event sources */
    public Optional<String> named() {
        return Optional.ofNullable(Members.text(root, "named"));
    }

    /** @return base URLs by name, {@code default} among them */
    public Map<String, String> servers() {
        return Members.texts(root.path("servers"));
    }

    /** @return what an account must be given, by name, in the order of the file */
    public Map<String, Credential> credentials() {
        return Collections.unmodifiableMap(credentials);
    }

    /** @return how our calls authenticate */
    public Authentication authentication() {
        JsonNode it = root.path("authentication");
        return new Authentication(it.path("scheme").asText(), Members.text(it, "token"), Members.text(it, "header"), Members.text(it, "value"),
                Members.text(it, "user"), Members.text(it, "password"), Members.text(it, "grant"), Members.text(it, "tokenPath"),
                Members.text(it, "client"), Members.texts(it.path("form")), Members.list(it.path("scope").path("needed")),
                Members.texts(it.path("headers")));
    }

    /** @return what the second part of {@code api} may be, in the order of the file, each with the profile merged below it */
    public Map<String, Operation> operations() {
        return Collections.unmodifiableMap(operations);
    }

    /**
     * @param path a full path, as {@code api} may be of account ringcentral
     * @return the operation of that path, or one made for it where the profile takes such paths; nothing where it does not
     */
    public Optional<Operation> operationAt(String path) {
        Optional<Operation> listed = operations.values().stream().filter(one -> one.path().equals(path)).findFirst();
        if (listed.isPresent() || paths == null || !paths.matcher(path).matches()) {
            return listed;
        }
        ObjectNode one = root.deepCopy();
        one.putObject("operations").put(path, path);
        return Optional.of(new Operation(path, one));
    }

    /** @return what the sender of callbacks does with our answers */
    public Delivery delivery() {
        JsonNode it = root.path("delivery");
        return new Delivery(Codes.of(it.path("success")), Codes.of(it.path("stop")), Members.duration(it, "timeout"),
                it.has("attempts") ? it.get("attempts").asInt() : null, Members.duration(it, "interval"), it.has("backoff"),
                Members.duration(it, "window"), !it.has("redirects"), Members.text(it, "disables"));
    }

    /** @return what we answer */
    public Acknowledge acknowledge() {
        JsonNode it = root.path("acknowledge");
        int unreadable = it.path("unreadable").asInt();
        return new Acknowledge(unreadable, it.path("foreign").asInt(unreadable), it.path("unknown").asInt(200), it.path("forged").asInt(401),
                it.path("repeats").asBoolean());
    }

    /** @return whether callbacks that are kept for inspection are kept whole, there being no second copy */
    public boolean keepWhole() {
        return root.path("keep").asText().equals("whole");
    }

    /** @return limits of calls, each of which is kept */
    public List<Limit> budget() {
        List<Limit> limits = new ArrayList<>();
        root.path("budget").forEach(it -> limits.add(new Limit(Set.copyOf(Members.list(it.path("calls"))),
                Set.copyOf(Members.list(it.path("operations"))), it.path("limit").asInt(), Members.duration(it, "period"))));
        return List.copyOf(limits);
    }

    /** @return {@code rateLimit}, what answers tell of limits; missing where they tell nothing but {@code Retry-After} */
    public JsonNode rateLimit() {
        return root.path("rateLimit");
    }

    /** @return {@code answers}, what the code of an answer means; missing where all is as usual */
    public JsonNode answers() {
        return root.path("answers");
    }

    /** @return the call that tells whether the key works */
    public Optional<Probe> probe() {
        return root.has("probe") ? Optional.of(new Probe(Members.text(root.get("probe"), "path"), Codes.of(root.at("/probe/ok")))) : Optional.empty();
    }

    /** @return whether the outcome document is the API's own, as for RingCentral */
    public boolean nativeOutcome() {
        return root.path("outcome").asText().equals("native");
    }

    /** @return {@code registration}, a hook made once for the account; missing where there is none */
    public JsonNode registration() {
        return root.path("registration");
    }

    /** @return {@code subscription} of an event source; missing for others */
    public JsonNode subscription() {
        return root.path("subscription");
    }
}
