package io.jobrelay.routes;

import io.jobrelay.protocol.Redaction;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Of files that differ from what runs, or ran last, those that can be used beside all others.
 *
 * @param world as it will be: the one before where nothing is taken
 * @param taken the names of the files that differ and can be used; gone ones too
 * @param failures why the others cannot, by name
 */
public record UsableFiles(RouteCheck.World world, Set<String> taken, Map<String, RejectedFile> failures) {

    /**
     * @param check that looks at them
     * @param was what runs, or ran last
     * @param wanted what lies in the folders
     * @param known files of which it is known that they cannot be used, and why
     * @return what can be used of it
     * @throws SQLException when the database cannot be asked
     */
    public static UsableFiles of(RouteCheck check, RouteCheck.World was, Map<String, RouteFile> wanted, Map<String, RejectedFile> known) throws SQLException {
        Set<String> pending = different(was.files(), wanted);
        Map<String, RejectedFile> failures = new LinkedHashMap<>(known);
        failures.keySet().retainAll(pending);
        Set<String> taken = new TreeSet<>(pending);
        taken.removeAll(failures.keySet());
        while (!taken.isEmpty()) {
            try {
                withoutBroken(taken, pending, wanted);
                return new UsableFiles(check.check(was, changed(was.files(), wanted, taken), taken), taken, failures);
            } catch (RejectedFile e) {
                failures.put(e.file(), e);
                if (!taken.remove(e.file())) { // a file that has not changed cannot be made again
                    taken.forEach(name -> failures.put(name, e));
                    taken.clear();
                }
            } catch (RuntimeException e) { // Camel was not prepared for what one of them holds
                Set<String> alone = new TreeSet<>(taken);
                alone.removeIf(name -> !throwsAlone(check, was, wanted, name));
                for (String name : alone.isEmpty() ? Set.copyOf(taken) : alone) {
                    failures.put(name, wanted.containsKey(name) ? RejectedFile.of(wanted.get(name), e) : new RejectedFile(name, 0, "it cannot be gone: " + Redaction.of(e)));
                    taken.remove(name);
                }
            }
        }
        return new UsableFiles(was, taken, failures);
    }

    private static boolean throwsAlone(RouteCheck check, RouteCheck.World was, Map<String, RouteFile> wanted, String name) {
        try {
            check.check(was, changed(was.files(), wanted, Set.of(name)), Set.of(name));
            return false;
        } catch (RejectedFile | SQLException e) {
            return false;
        } catch (RuntimeException e) {
            return true;
        }
    }

    /** A statement that is not taken stands on the disk all the same: routes that use it are meant for what it says there. */
    private static void withoutBroken(Set<String> taken, Set<String> pending, Map<String, RouteFile> wanted) throws RejectedFile {
        for (String name : taken) {
            RouteFile file = wanted.get(name);
            if (file != null && !file.isSql()) {
                for (String statement : file.statements()) {
                    if (pending.contains(statement) && !taken.contains(statement)) {
                        throw new RejectedFile(name, 0, "it uses routes/" + statement + ", which was not taken");
                    }
                }
            }
        }
    }

    /**
     * @param a files by name
     * @param b files by name
     * @return the names of those that are in one only, or not the same in both
     */
    public static Set<String> different(Map<String, RouteFile> a, Map<String, RouteFile> b) {
        Set<String> names = new TreeSet<>(a.keySet());
        names.addAll(b.keySet());
        names.removeIf(name -> Objects.equals(a.get(name), b.get(name)));
        return names;
    }

    private static Map<String, RouteFile> changed(Map<String, RouteFile> from, Map<String, RouteFile> to, Set<String> names) {
        Map<String, RouteFile> files = new TreeMap<>(from);
        for (String name : names) {
            if (to.containsKey(name)) {
                files.put(name, to.get(name));
            } else {
                files.remove(name);
            }
        }
        return new HashMap<>(files);
    }
}
