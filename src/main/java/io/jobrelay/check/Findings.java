package io.jobrelay.check;

import io.jobrelay.document.Pointer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What is found wrong with one profile, each thing once, however many of its operations show it. */
final class Findings {

    private final ProfileTree tree;
    private final Map<String, Found> found = new LinkedHashMap<>();
    private final Set<String> ill = new LinkedHashSet<>();
    private final Set<String> operations = new LinkedHashSet<>();
    private String operation;

    /** Something wrong, and the operations that show it; none where the profile does by itself. */
    private record Found(int line, String said, Set<String> operations) {
    }

    /** @param tree of the profile */
    Findings(ProfileTree tree) {
        this.tree = tree;
    }

    /** @param name of the operation that is merged into what is looked at from now on */
    void of(String name) {
        operation = name;
        operations.add(name);
    }

    /**
     * @param pointer of a member that does not fit the schema
     * @param said what is wrong, to be read after its name
     */
    void form(String pointer, String said) {
        add(pointer, said);
        ill.add(origin(pointer));
    }

    /**
     * @param pointer of a member that breaks a rule; one that does not even fit the schema has been told
     * @param said what is wrong, to be read after its name
     */
    void rule(String pointer, String said) {
        if (!ill.contains(origin(pointer))) {
            add(pointer, said);
        }
    }

    private void add(String pointer, String said) {
        String origin = origin(pointer);
        Found one = found.computeIfAbsent(origin + said, key -> new Found(tree.line(origin), ProfileTree.words(origin) + said,
                new LinkedHashSet<>()));
        if (operation != null && origin.equals(pointer)) {
            one.operations.add(operation);
        }
    }

    /** @return where a member of the profile with an operation merged into it was written */
    private String origin(String pointer) {
        String own = operation == null ? pointer : Pointer.below("/operations", operation) + pointer;
        return tree.lines().containsKey(own) && !pointer.isEmpty() ? own : pointer;
    }

    /**
     * @param most that are wanted
     * @return the first of them, by line
     */
    List<ProfileProblem> problems(int most) {
        List<ProfileProblem> problems = new ArrayList<>();
        for (Found one : found.values()) {
            boolean some = !one.operations.isEmpty() && one.operations.size() < operations.size();
            problems.add(new ProfileProblem(one.line, one.said + (some ? " (in operation " + String.join(", ", one.operations) + ")" : "")));
        }
        problems.sort(Comparator.comparing(ProfileProblem::line));
        return List.copyOf(problems.subList(0, Math.min(most, problems.size())));
    }
}
