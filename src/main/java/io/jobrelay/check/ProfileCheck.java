package io.jobrelay.check;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** Holds a profile against the schema and against the rules, as it stands and with each of its operations merged into it. */
public final class ProfileCheck {

    private static final int MOST = 20;

    private ProfileCheck() {
    }

    /**
     * @param file of {@code routes/providers/}
     * @return what is wrong with it, by line, at most twenty; nothing when it can be used
     */
    public static List<ProfileProblem> problems(ProfileFile file) {
        if (file.trouble() != null) {
            return List.of(new ProfileProblem(0, file.trouble()));
        }
        try {
            ProfileTree tree = ProfileTree.of(file.text());
            Findings found = new Findings(tree);
            ObjectNode profile = tree.root();
            ProfileSchema.get().check(profile, found::form);
            new ProfileRules(profile, found).check(file.provider());
            ProfileVariables.check(profile, found);
            List<String> names = new ArrayList<>();
            profile.path("operations").fieldNames().forEachRemaining(names::add);
            for (String name : names) {
                JsonNode operation = profile.get("operations").get(name);
                if (operation.isTextual() || operation.isObject()) {
                    ObjectNode merged = Merge.of(profile, name);
                    found.of(name);
                    ProfileSchema.get().checkWhole(merged, found::form);
                    new ProfileRules(merged, found).checkOperation();
                    new ProfileExamples(merged, found).check();
                }
            }
            return found.problems(MOST);
        } catch (ProfileTree.Unreadable e) {
            return List.of(e.problem());
        }
    }
}
