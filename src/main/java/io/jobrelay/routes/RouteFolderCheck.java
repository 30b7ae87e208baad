package io.jobrelay.routes;

import io.jobrelay.config.RouteLocations;
import io.jobrelay.config.StartFailure;
import java.io.IOException;
import java.io.InputStream;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.camel.CamelContext;
import org.apache.camel.spi.Resource;

/** Looks at all files of {@code routes/} at once, as they would be looked at one by one if they were edited. */
public final class RouteFolderCheck {

    private RouteFolderCheck() {
    }

    /**
     * @param context with the relay's beans and keys, not started; no route is added to it
     * @param locations where the files lie
     * @return a sentence for each file that cannot be used, naming file, line and cause; a file that only misses what stands in a broken one
     *     is not named
     * @throws IOException when a file cannot be read
     * @throws SQLException when the database cannot be asked
     */
    public static List<String> problems(CamelContext context, RouteLocations locations) throws IOException, SQLException {
        Map<String, RouteFile> packaged = RouteFile.packaged();
        Map<String, RouteFile> files = new WatchedFiles(locations, packaged).read();
        packaged.replaceAll((name, file) -> file.equals(files.get(name)) ? files.get(name) : file);
        RouteCheck check = new RouteCheck(context);
        List<String> problems = new ArrayList<>();
        StringBuilder broken = new StringBuilder();
        Map<String, RouteFile> left = new TreeMap<>(files);
        try { // what differs from the relay's own is to blame for what does not fit
            RouteCheck.World own = new RouteCheck.World(packaged, check.read(packaged.values().stream().filter(file -> !file.isSql()).toList()));
            UsableFiles choice = UsableFiles.of(check, own, files, Map.of());
            choice.failures().values().forEach(e -> tell(e, files.get(e.file()), broken, problems));
            left = new TreeMap<>(choice.world().files());
        } catch (RejectedFile e) {
            problems.add("routes/" + e.getMessage());
        }
        while (!left.isEmpty()) {
            try {
                check.check(new RouteCheck.World(Map.of(), Map.of()), left, left.keySet());
                break;
            } catch (RejectedFile e) {
                RouteFile file = left.remove(e.file());
                tell(e, file, broken, problems);
                if (file == null) { // nothing more can be told from here
                    break;
                }
            }
        }
        return problems;
    }

    /**
     * @param name of a route file of a host
     * @param file that is loaded for it
     * @throws StartFailure when it is not YAML, or nothing would run of it, which Camel passes over in silence
     * @throws IOException when it cannot be read
     */
    public static void requireRoutes(String name, Resource file) throws IOException {
        try (InputStream in = file.getInputStream()) {
            PlainYaml.of(new RouteFile(name, file.getLocation(), in.readAllBytes()));
        } catch (RejectedFile e) {
            throw new StartFailure("The relay cannot be without a route file (" + file.getLocation() + "): routes/" + e.getMessage(), e);
        }
    }

    private static void tell(RejectedFile rejected, RouteFile file, StringBuilder broken, List<String> problems) {
        if (rejected.missing() == null || broken.indexOf(rejected.missing()) < 0) { // else it follows
            problems.add("routes/" + rejected.getMessage());
        }
        if (file != null) {
            broken.append(file.name()).append('\n').append(file.text()).append('\n');
        }
    }
}
