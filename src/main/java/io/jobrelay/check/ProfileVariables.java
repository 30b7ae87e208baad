package io.jobrelay.check;

import com.fasterxml.jackson.databind.JsonNode;
import io.jobrelay.document.Pointer;
import io.jobrelay.protocol.Nearest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The names that texts of a profile may hold as {@code ${name}}: which there are, and where. */
final class ProfileVariables {

    private static final Pattern VARIABLE = Pattern.compile("[$][{]([^}]*)}?");
    private static final List<String> EVERYWHERE = List.of("callback.url", "callback.secret", "media.url", "media.format", "job.id", "job.ref",
            "job.statusUrl", "job.resultUrl", "job.cancelUrl", "operation", "operation.name", "rest", "+rest");
    private static final List<String> HOOKS = List.of("registration.id", "registration.events");
    private static final List<String> SOURCES = List.of("filters", "subscription.id", "named");
    private static final List<String> PROOFS = List.of("timestamp", "body", "body.sha256");
    private static final List<String> EXAMPLES = List.of("id", "base", "text", "media", "response", "answered", "event.id", "created", "completed",
            "expires", "created.unix", "completed.unix", "expires.unix");
    private static final Pattern SECRET_HEADER = Pattern.compile("(?i).*(auth|key|token|secret|cookie|password|credential|signature).*");
    private static final Pattern LITERAL = Pattern.compile("[A-Za-z0-9_~+/=.-]{24,}|(?=[A-Za-z_~+/=.-]*\\d)[A-Za-z0-9_~+/=.-]{8,}");

    private ProfileVariables() {
    }

    /** @return all names but those of credentials, examples, headers, places and steps */
    static Set<String> all() {
        return Stream.of(EVERYWHERE, HOOKS, SOURCES, PROOFS, EXAMPLES).flatMap(List::stream).collect(Collectors.toCollection(TreeSet::new));
    }

    /**
     * @param profile as it stands in its file
     * @param found gets each variable that there is not
     */
    static void check(JsonNode profile, Findings found) {
        Set<String> names = new TreeSet<>(EVERYWHERE);
        profile.path("credentials").fieldNames().forEachRemaining(names::add);
        if (profile.has("registration")) {
            names.addAll(HOOKS);
        }
        if (profile.has("source")) {
            names.addAll(SOURCES);
        }
        Set<String> examples = new HashSet<>();
        profile.path("examples").fieldNames().forEachRemaining(examples::add);
        profile.path("operations").forEach(operation -> operation.path("examples").fieldNames().forEachRemaining(examples::add));
        look(profile, "", names, examples, found);
    }

    private static void look(JsonNode node, String pointer, Set<String> names, Set<String> examples, Findings found) {
        if (node.isTextual()) {
            Matcher variable = VARIABLE.matcher(node.asText());
            while (variable.find()) {
                if (!variable.group().endsWith("}")) {
                    found.rule(pointer, " has a ${ that is not closed");
                } else {
                    look(variable.group(1), pointer, names, examples, found);
                }
            }
        }
        for (int i = 0; node.isArray() && i < node.size(); i++) {
            look(node.get(i), pointer + "/" + i, names, examples, found);
        }
        node.fields().forEachRemaining(member -> look(member.getValue(), Pointer.below(pointer, member.getKey()), names, examples, found));
    }

    private static void look(String name, String pointer, Set<String> names, Set<String> examples, Findings found) {
        boolean example = pointer.matches("(/operations/[^/]+)?/examples/.*");
        boolean proof = pointer.matches("(/operations/[^/]+)?/callback/verify/.*");
        if (names.contains(name) || name.matches("rest:[1-9]") || name.matches("status:/.*")
                || example && (EXAMPLES.contains(name) || name.startsWith("example:") && examples.contains(name.substring("example:".length())))
                || proof && (PROOFS.contains(name) || name.matches("header:[A-Za-z0-9-]+"))) {
            return;
        }
        List<String> known = new ArrayList<>(names);
        known.addAll(example ? EXAMPLES : List.of());
        known.addAll(proof ? PROOFS : List.of());
        found.rule(pointer, " holds ${" + name + "}, which is not known here" + Nearest.of(name, known).map(near -> "; did you mean ${" + near + "}?")
                .orElse(name.startsWith("example:") ? "; examples has " + String.join(", ", new TreeSet<>(examples))
                        : names.isEmpty() ? "" : "; the credentials of this profile and what src/docs/providers.md lists can stand here"));
    }

    /**
     * @param text with variables
     * @param credentials of the profile
     * @return whether one of the variables is a credential
     */
    static boolean holdsCredential(String text, JsonNode credentials) {
        return VARIABLE.matcher(text).results().anyMatch(variable -> credentials.has(variable.group(1)));
    }

    /**
     * @param text with variables
     * @return whether what stands beside them looks like a secret, which {@code Bearer } or {@code Token token=} does not
     */
    static boolean holdsLiteral(String text) {
        return Arrays.stream(VARIABLE.split(text)).anyMatch(beside -> LITERAL.matcher(beside).find());
    }

    /**
     * @param text with variables
     * @return the same without them
     */
    static String without(String text) {
        return VARIABLE.matcher(text).replaceAll("");
    }

    /**
     * @param header its name
     * @return whether its value is a secret, as the name says
     */
    static boolean isSecretHeader(String header) {
        return SECRET_HEADER.matcher(header.toLowerCase(Locale.ROOT)).matches();
    }
}
