package io.jobrelay.document;

import io.jobrelay.protocol.JsonScanner;
import io.jobrelay.protocol.StatusResource;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * Finds a set of places in a document in one pass over its bytes, however large it is: no tree is built and nothing is copied. What is read,
 * and what is passed over, is what {@link StatusResource} reads: at most {@value StatusResource#DEEPEST} levels, UTF-8 throughout, and of a
 * member that stands twice the last one.
 */
public final class DocumentReader {

    /** What is asked for below a place. */
    private static final class Step {
        private final Map<String, Step> below = new HashMap<>();
        private int number;
        private int end;
        private int lastElement = -1;

        /** A step, then all below it: so those below one are numbers without a gap. */
        private int count(int next) {
            number = next++;
            for (Map.Entry<String, Step> one : below.entrySet()) {
                next = one.getValue().count(next);
                lastElement = Math.max(lastElement, element(one.getKey()));
            }
            end = next;
            return next;
        }
    }

    private final Step root = new Step();
    private final Map<Pointer, Integer> numbers = new HashMap<>();
    private final int longestName;

    private DocumentReader(Collection<Pointer> pointers) {
        Map<Pointer, Step> steps = new HashMap<>();
        int longest = 1;
        for (Pointer pointer : pointers) {
            Step step = root;
            for (String name : pointer.steps()) {
                step = step.below.computeIfAbsent(name, n -> new Step());
                longest = Math.max(longest, name.length());
            }
            steps.put(pointer, step);
        }
        root.count(0);
        steps.forEach((pointer, step) -> numbers.put(pointer, step.number));
        longestName = longest;
    }

    /**
     * @param places that are asked for
     * @return a reader that finds them and no others
     */
    public static DocumentReader of(Collection<Place> places) {
        return new DocumentReader(places.stream().flatMap(place -> place.pointers().stream()).toList());
    }

    /**
     * @param body that came in unasked
     * @return what stands at the places; nothing where it is not one JSON value in UTF-8, or nested too deep
     */
    public Document read(byte[] body) {
        Pass pass = new Pass(body, StatusResource.DEEPEST);
        boolean whole = pass.whole() && StatusResource.isUtf8(body);
        if (!whole) {
            Arrays.fill(pass.from, -1);
        }
        return new Document(this, body, pass.from, pass.to, whole, pass.scanner.tooDeep());
    }

    /**
     * Reads what was asked for and may not come a second time: a result is not lost for its form.
     *
     * @param body of an answer
     * @return what stands at the places, however deep it is nested, whatever bytes are in its strings, and where it is broken, what stands in
     *     front of that
     */
    public Document glean(byte[] body) {
        Pass pass = new Pass(body, Integer.MAX_VALUE);
        return new Document(this, body, pass.from, pass.to, pass.whole() && StatusResource.isUtf8(body), false);
    }

    /**
     * @param pointer that was asked for
     * @return its number
     * @throws IllegalStateException when it was not
     */
    int number(Pointer pointer) {
        Integer number = numbers.get(pointer);
        if (number == null) {
            throw new IllegalStateException("nobody asked for " + pointer);
        }
        return number;
    }

    private static int element(String step) {
        return step.matches("0|[1-9]\\d{0,8}") ? Integer.parseInt(step) : -1;
    }

    /** One pass over a body. */
    private final class Pass {

        private final JsonScanner scanner;
        private final int[] from = new int[root.end];
        private final int[] to = new int[root.end];

        Pass(byte[] body, int deepest) {
            this.scanner = new JsonScanner(body, StatusResource.bomLength(body), deepest);
            Arrays.fill(from, -1);
        }

        boolean whole() {
            try {
                walk(root);
                return scanner.ended();
            } catch (IOException e) {
                return false;
            }
        }

        private void walk(Step step) throws IOException {
            int start = scanner.start();
            if (step.below.isEmpty()) {
                scanner.pass();
            } else {
                Arrays.fill(from, step.number + 1, step.end, -1);
                if (scanner.enterObject()) {
                    members(step);
                } else if (scanner.enterArray()) {
                    elements(step);
                } else {
                    scanner.pass();
                }
            }
            from[step.number] = start;
            to[step.number] = scanner.end();
        }

        private void members(Step step) throws IOException {
            for (String name = scanner.member(true, longestName); name != null; name = scanner.member(false, longestName)) {
                Step below = name == JsonScanner.TOO_LONG ? null : step.below.get(name);
                if (below == null) {
                    scanner.pass();
                } else {
                    walk(below);
                }
            }
        }

        private void elements(Step step) throws IOException {
            for (int i = 0; scanner.element(i == 0); i++) {
                Step below = i > step.lastElement ? null : step.below.get(Integer.toString(i));
                if (below == null) {
                    scanner.pass();
                } else {
                    walk(below);
                }
            }
        }
    }
}
