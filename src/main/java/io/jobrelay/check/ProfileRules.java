package io.jobrelay.check;

import com.fasterxml.jackson.databind.JsonNode;
import io.jobrelay.document.Members;
import io.jobrelay.document.Pointer;
import io.jobrelay.vendor.Answers;
import io.jobrelay.vendor.Codes;
import io.jobrelay.vendor.State;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;

/** What must hold between the members of a profile, and the schema cannot say. A member of another form than the schema's is passed over. */
final class ProfileRules {

    private static final int OWN_FAULT = 503;
    private static final int STORED = 200;
    private static final Pattern LEAVES = Pattern.compile("(?i)\\\\|#|\\s|\\p{Cntrl}|%2e|%2f|%5c");
    private static final Pattern IN_ANSWERS = Pattern.compile("[$][{]job[.](statusUrl|resultUrl|cancelUrl)}");

    private final JsonNode profile;
    private final Findings found;

    /**
     * @param profile by itself, or with an operation merged into it
     * @param found gets what is wrong
     */
    ProfileRules(JsonNode profile, Findings found) {
        this.profile = profile;
        this.found = found;
    }

    /**
     * Looks at what all operations share.
     *
     * @param provider that the file is named after
     */
    void check(String provider) {
        if (profile.path("provider").isTextual() && !profile.get("provider").asText().equals(provider)) {
            found.rule("/provider", " is " + ProfileSchema.shown(profile.get("provider")) + ", but the file is named " + provider
                    + ".yaml: both must be the same");
        }
        servers();
        secrets();
        answers();
        operationsNamed();
        credential("/registration/secret");
        if (profile.path("authentication").has("client")) {
            List.of("client-id", "client-secret").stream().filter(name -> !profile.path("credentials").has(name))
                    .forEach(name -> found.rule("/authentication/client", " needs the credential " + name + ", which credentials does not list"));
        }
        pattern("/paths", 0);
        pattern("/rateLimit/body/seconds", 1);
        paths(profile, "");
        JsonNode operations = profile.path("operations");
        operations.fieldNames().forEachRemaining(name -> path(operations.get(name), Pointer.below("/operations", name)));
    }

    /** Looks at what one operation makes of it. */
    void checkOperation() {
        once("/states");
        once("/callback/states");
        callbackPlace();
        proof();
        media();
        classes("/status", List.of("ok", "gone", "notYet", "expired"));
        for (String result : List.of("/result", "/result/success", "/result/failure")) {
            classes(result, List.of("notYet", "failed"));
        }
        PollGap.problem(profile, PollGap.initialDelay(profile), PollGap.maxDelay(profile))
                .ifPresent(said -> found.rule(profile.at("/poll/maxDelay").isMissingNode() ? "/retention" : "/poll/maxDelay", said));
        if (Members.duration(profile.path("retention"), "result") != null && profile.at("/retention/from").isMissingNode()) {
            found.rule("/retention", " lacks from: a time counts from submit or from completion");
        }
        if (profile.path("status").isObject() && !profile.has("lost") && !tellsFailure()) {
            found.rule("/states", " has no word for failure, and no rule of status.state tells it: the profile needs lost (after, then), or a job"
                    + " that failed would stay open");
        }
        answerUrls(profile, "");
    }

    private void servers() {
        profile.path("servers").fields().forEachRemaining(server -> {
            try {
                URI url = URI.create(server.getValue().asText());
                if (url.getRawUserInfo() != null || url.getHost() == null) {
                    throw new IllegalArgumentException();
                }
            } catch (IllegalArgumentException e) {
                found.rule(Pointer.below("/servers", server.getKey()), " is no URL of a host: https, its name, and a port where it needs one");
            }
        });
    }

    // ---- secrets

    private void secrets() {
        for (String member : List.of("token", "value", "user", "password")) {
            secret("/authentication/" + member);
        }
        for (String several : List.of("/authentication/form", "/authentication/headers")) {
            profile.at(several).fields().forEachRemaining(one -> {
                if (several.endsWith("form") || ProfileVariables.isSecretHeader(one.getKey())) {
                    secret(Pointer.below(several, one.getKey()));
                }
            });
        }
    }

    private void secret(String pointer) {
        JsonNode text = profile.at(pointer);
        if (text.isTextual() && (!ProfileVariables.holdsCredential(text.asText(), profile.path("credentials"))
                || ProfileVariables.holdsLiteral(text.asText()))) {
            found.rule(pointer, " holds a secret, or no credential: a profile is no place for one, write ${name} of a"
                    + " credential that credentials lists");
        }
    }

    private void credential(String pointer) {
        JsonNode name = profile.at(pointer);
        if (name.isTextual() && !profile.path("credentials").has(name.asText())) {
            found.rule(pointer, " names " + ProfileSchema.shown(name) + ", which credentials does not list");
        }
    }

    // ---- answers

    private void answers() {
        classes("/answers", Stream.of(Answers.Meaning.values()).map(Answers.Meaning::word).toList());
        Map<String, Codes> ends = classes("/delivery", List.of("success", "stop"));
        Codes.meanings(ends, OWN_FAULT)
                .forEach(end -> found.rule("/delivery/" + end, " holds 503: that is our own fault, after which the sender must come again"));
        if (profile.path("delivery").path("success").isEmpty() || profile.path("acknowledge").path("repeats").asBoolean()) {
            return;
        }
        if (Codes.meanings(ends, STORED).isEmpty()) {
            found.rule("/delivery/success", " does not hold 200, which every callback gets that is stored: the sender would come again and again");
        }
        for (String answer : List.of("unreadable", "foreign", "unknown")) {
            JsonNode code = profile.path("acknowledge").path(answer);
            if (code.isInt() && Codes.meanings(ends, code.asInt()).isEmpty()) {
                found.rule("/acknowledge/" + answer, " is " + code + ", which stands neither in delivery.success nor in delivery.stop: the"
                        + " sender would come again. Take a code of those, or say acknowledge.repeats: true");
            }
        }
    }

    /** A code may stand in one class by itself and in another with its hundred: the single one counts, as it does for who reads answers by them. */
    private Map<String, Codes> classes(String pointer, List<String> names) {
        Map<String, Codes> classes = new LinkedHashMap<>();
        for (String name : names) {
            JsonNode member = profile.at(pointer).path(name);
            classes.put(name, Codes.of(member.has("codes") ? member.get("codes") : member));
        }
        for (int code = 100; code < 600; code++) {
            List<String> in = Codes.meanings(classes, code);
            if (in.size() > 1) {
                found.rule(pointer + "/" + in.get(1), " holds " + code + ", which stands in " + ProfileTree.words(pointer) + "." + in.get(0)
                        + " too: a code means one thing");
                break;
            }
        }
        return classes;
    }

    // ---- words, hooks, media

    private void once(String pointer) {
        Map<String, String> first = new LinkedHashMap<>();
        for (State state : State.values()) {
            for (JsonNode word : profile.at(pointer).path(state.word())) {
                String before = first.putIfAbsent(word.asText(), state.word());
                if (before != null && !before.equals(state.word())) {
                    found.rule(pointer + "/" + state.word(), " holds " + ProfileSchema.shown(word) + ", which stands in " + ProfileTree.words(pointer)
                            + "." + before + " too: a word means one state");
                }
            }
        }
    }

    private boolean tellsFailure() {
        for (JsonNode rule : profile.at("/status/state/rules")) {
            if (rule.path("is").asText().equals("failure")) {
                return true;
            }
        }
        return !profile.at("/states/failure").isEmpty();
    }

    private void callbackPlace() {
        JsonNode place = profile.at("/submit/callback");
        String in = place.path("in").asText();
        if ((in.equals("query") || in.equals("header")) && !place.has("name") && !place.path("add").toString().contains("${callback.url}")) {
            found.rule("/submit/callback", " lacks name: the " + (in.equals("query") ? "query parameter" : "header")
                    + " that takes the callback URL");
        }
        if (in.equals("body") && !place.path("add").toString().contains("${callback.url}")) {
            found.rule("/submit/callback", " has no ${callback.url} in add: nobody would learn where to call");
        }
    }

    private void proof() {
        boolean hook = profile.at("/submit/callback/in").asText().equals("registered") || profile.path("source").asBoolean();
        boolean always = false;
        for (int i = 0; i < profile.at("/callback/verify").size(); i++) {
            String entry = "/callback/verify/" + i;
            always |= profile.at(entry + "/for").isMissingNode() && !profile.at(entry + "/optional").asBoolean();
            secret(entry + "/secret");
            if (!profile.at(entry + "/value").asText().contains("${callback.secret}")) {
                secret(entry + "/value");
            }
        }
        if (hook && !always) {
            found.rule("/callback/verify", " has no proof that always applies (without for and optional), which a registered hook needs: its URL is"
                    + " known to whoever may look at the account");
        }
    }

    private void media() {
        JsonNode media = profile.at("/submit/media");
        if (media.isObject() && media.has("add") && !media.get("add").toString().contains("${media.url}")) {
            found.rule("/submit/media/add", " has no ${media.url}: the vendor would have nothing to fetch");
        }
    }

    private void operationsNamed() {
        for (int i = 0; i < profile.path("budget").size(); i++) {
            String place = "/budget/" + i + "/operations";
            profile.at(place).forEach(name -> operation(name, place));
        }
        profile.at("/subscription/events").forEach(name -> operation(name, "/subscription/events"));
        operation(profile.at("/submit/media/operation"), "/submit/media/operation");
        profile.path("operations").fieldNames().forEachRemaining(one -> {
            String place = Pointer.below("/operations", one) + "/submit/media/operation";
            operation(profile.at(place), place);
        });
    }

    private void operation(JsonNode name, String pointer) {
        if (name.isTextual() && !profile.path("operations").has(name.asText())) {
            found.rule(pointer, " names " + ProfileSchema.shown(name) + ", which operations does not list");
        }
    }

    private void pattern(String pointer, int groups) {
        JsonNode text = profile.at(pointer);
        try {
            if (text.isTextual() && Pattern.compile(text.asText()).matcher("").groupCount() < groups) {
                found.rule(pointer, " has no group: what stands in ( ) is what is read");
            }
        } catch (PatternSyntaxException e) {
            found.rule(pointer, " is no regular expression: " + e.getDescription() + " at " + e.getIndex());
        }
    }

    // ---- paths

    /** The schema sees to their form; what a server may take for a way out of it is seen here. */
    private void paths(JsonNode node, String pointer) {
        for (int i = 0; node.isArray() && i < node.size(); i++) {
            paths(node.get(i), pointer + "/" + i);
        }
        List<String> names = new ArrayList<>();
        node.fieldNames().forEachRemaining(names::add);
        for (String name : names) {
            String here = Pointer.below(pointer, name);
            if (List.of("path", "fallback", "tokenPath").contains(name)) {
                path(node.get(name), here);
            } else if (!List.of("examples", "add", "default", "body").contains(name)) { // the vendor's own members may be called so
                paths(node.get(name), here);
            }
        }
    }

    private void path(JsonNode path, String pointer) {
        if (!path.isTextual()) {
            return;
        }
        String text = path.asText();
        if (LEAVES.matcher(ProfileVariables.without(text)).find()) {
            found.rule(pointer, " cannot be " + ProfileSchema.shown(path) + ": a backslash, a space, #, %2e, %2f or %5c may lead out of"
                    + " the account's server");
        }
        if (pointer.matches("/operations/[^/]+(/path)?") && text.contains("${operation}")) {
            found.rule(pointer, " holds ${operation}, which stands for this path itself");
        }
    }

    private void answerUrls(JsonNode node, String pointer) {
        node.fields().forEachRemaining(member -> {
            String here = Pointer.below(pointer, member.getKey());
            if (member.getKey().equals("url") && member.getValue().isTextual()) {
                IN_ANSWERS.matcher(member.getValue().asText()).results().map(match -> match.group(1))
                        .filter(name -> !profile.at("/submit/job").has(name))
                        .forEach(name -> found.rule(here, " takes job." + name + ", but submit.job." + name
                                + " does not say where the answer holds it"));
            } else if (member.getValue().isObject() && !member.getKey().equals("examples")) {
                answerUrls(member.getValue(), here);
            }
        });
    }
}
