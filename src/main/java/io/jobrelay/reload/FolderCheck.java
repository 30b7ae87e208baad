package io.jobrelay.reload;

import io.jobrelay.config.Layers;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;

/** Looks at all files of {@code routes/} at once, as they would be looked at one by one if they were edited. */
public final class FolderCheck {

    /** What one file can miss of another. */
    private static final Pattern MISSING = Pattern.compile("(?:no route serves direct:|there is no routeConfiguration |routes/)([^\\s,]+?)(?: is missing)?\\.?$");

    private FolderCheck() {
    }

    /**
     * @param context with the relay's beans and keys, not started; no route is added to it
     * @param layers where the files lie
     * @return a sentence for each file that cannot be used, naming file, line and cause; a file that only misses what stands in a broken one
     *     is not named
     * @throws IOException when a file cannot be read
     * @throws SQLException when the database cannot be asked
     */
    public static List<String> problems(CamelContext context, Layers layers) throws IOException, SQLException {
        Map<String, RouteFile> files = new TreeMap<>(new Watched(layers).read());
        RouteCheck check = new RouteCheck(context);
        List<String> problems = new ArrayList<>();
        StringBuilder broken = new StringBuilder();
        while (!files.isEmpty()) {
            try {
                check.check(new RouteCheck.World(Map.of(), Map.of()), files, files.keySet());
                break;
            } catch (Rejected e) {
                RouteFile file = files.remove(e.file());
                if (file == null) { // nothing more can be told from here
                    problems.add(e.getMessage());
                    break;
                }
                if (!follows(e, broken)) {
                    problems.add("routes/" + e.getMessage());
                }
                broken.append(file.name()).append('\n').append(file.text()).append('\n');
            }
        }
        return problems;
    }

    private static boolean follows(Rejected rejected, CharSequence broken) {
        Matcher missing = MISSING.matcher(rejected.getMessage());
        return missing.find() && broken.toString().contains(missing.group(1));
    }
}
