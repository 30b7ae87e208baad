package io.jobrelay.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the relay's files lie: {@code routes/} of the current folder over {@code routes/} of the distribution over the class path, file by
 * file. A file found further up hides the one of the same name below it.
 */
public final class RouteLocations {

    private static final String CLASS_PATH = "io/jobrelay/routes/";
    private static final String HOST_PATH = "routes/";
    private static final String PROVIDERS = "providers";
    private static final String FILE = "file:";
    private static final String PLAIN = "/.-_~";
    private static final Pattern READ = Pattern.compile("([^/]+/)?[^/]+\\.camel\\.yaml|[^/]+/[^/]+\\.sql");
    /** The profiles of providers, which are no routes. */
    static final Pattern PROFILE = Pattern.compile("providers/(?![^/]*\\.camel\\.yaml$)[^/]+\\.yaml");
    private static final Pattern LIKE_A_ROUTE = Pattern.compile("(?i)[^.].*\\.(ya?ml|json|xml|java|groovy|kts|sql)");
    private static final int BELOW = 4;
    private static final int MOST_BELOW = 100;
    private static final Logger LOG = LoggerFactory.getLogger(RouteLocations.class);
    private final Set<Path> routes = new LinkedHashSet<>();
    private final ClassLoader host;
    private final List<Path> properties = new ArrayList<>();
    private volatile Map<String, String> pinned = Map.of();

    /** @param folders those that hold {@code routes/}, the one that wins first; ones without it are passed over */
    public RouteLocations(List<Path> folders) {
        this(folders, null);
    }

    private RouteLocations(List<Path> folders, ClassLoader host) {
        this.host = host;
        for (Path folder : folders) {
            properties.add(folder.toAbsolutePath().normalize().resolve("application.properties"));
            routes.add(folder.toAbsolutePath().normalize().resolve("routes"));
        }
    }

    /** @return those of a relay that runs by itself: the current folder over the distribution's ({@code -Djobrelay.home}) */
    public static RouteLocations ofThisProcess() {
        String home = System.getProperty("jobrelay.home");
        return new RouteLocations(home == null ? List.of(Path.of("")) : List.of(Path.of(""), Path.of(home)));
    }

    /**
     * @param host the class loader of the application that a relay is embedded in
     * @return those there: {@code routes/} of the current folder over {@code routes/} of the class path over the relay's jar, and no {@code application.properties}, since that is the application's
     */
    public static RouteLocations inHost(ClassLoader host) {
        RouteLocations locations = new RouteLocations(List.of(Path.of("")), host == null ? RouteLocations.class.getClassLoader() : host);
        locations.properties.clear();
        return locations;
    }

    /** @return the {@code routes/} folders that are there now, the one that wins first; none means the class path alone */
    public List<Path> folders() {
        return routes.stream().filter(Files::isDirectory).toList();
    }

    /**
     * Lets files be read elsewhere for as long as what lies here is not what runs.
     *
     * @param files relative to {@code routes/}, each with the resource URI it is read from; those of an earlier call are forgotten
     */
    public void pin(Map<String, String> files) {
        pinned = Map.copyOf(files);
    }

    /** @return whether the lowest folder of routes is there; without it the relay's own files are those of the class path */
    public boolean complete() {
        Path lowest = null;
        for (Path folder : routes) {
            lowest = folder;
        }
        return lowest != null && Files.isDirectory(lowest);
    }

    /** @return the {@code routes/} folders, there or not, the one that wins first */
    public Set<Path> routes() {
        return Collections.unmodifiableSet(routes);
    }

    /** @return whether they are those of a relay in somebody else's application */
    public boolean embedded() {
        return host != null;
    }

    /** @return the folder that the relay runs in: the one whose files win */
    public Path current() {
        return routes.iterator().next().getParent();
    }

    /**
     * @param file relative to {@code routes/}, such as {@code settle/job-end.sql}
     * @return the resource URI of the uppermost file of that name; {@code classpath:} when no folder holds it
     */
    public String locate(String file) {
        String instead = pinned.get(file);
        if (instead != null) {
            return instead;
        }
        for (Path folder : routes) {
            if (Files.isRegularFile(folder.resolve(file))) {
                return location(folder.resolve(file));
            }
        }
        return "classpath:" + (host != null && host.getResource(HOST_PATH + file) != null ? HOST_PATH : CLASS_PATH) + file;
    }

    /**
     * Camel decodes the path of a resource, and SQL's {@code #} becomes a {@code ?}: what could be read otherwise is encoded.
     *
     * @param file anywhere, whatever the folders above it are called
     * @return the resource URI that leads to it
     */
    public static String location(Path file) {
        StringBuilder location = new StringBuilder(FILE);
        file.toString().chars().forEach(c -> {
            if (c < 128 && !Character.isLetterOrDigit(c) && PLAIN.indexOf(c) < 0) {
                location.append(String.format(Locale.ROOT, "%%%02X", c));
            } else {
                location.append((char) c);
            }
        });
        return location.toString();
    }

    /**
     * @param location from {@link #location}
     * @return the file
     */
    public static Path file(String location) {
        return Path.of(URLDecoder.decode(location.substring(FILE.length()), StandardCharsets.UTF_8));
    }

    /** @return where an {@code application.properties} may lie, the one that wins first; below them is the jar's own */
    public List<Path> propertyFiles() {
        return List.copyOf(properties);
    }

    /**
     * @return what lies in the folders, and in the folders there, under the name of a route file, and in the latter under that of a statement
     *     too, the uppermost of each name ({@code settle/job-end.sql}), by name; names that begin with a dot are those of editors and systems,
     *     and a file of the relay's own is not looked for where an earlier version had it
     * @throws StartFailure when a folder cannot be read
     */
    public Map<String, Path> files() {
        TreeMap<String, Path> uppermost = new TreeMap<>();
        for (Path folder : folders()) {
            for (Path entry : list(folder)) {
                if (isStage(entry)) {
                    list(entry).forEach(file -> file(entry.getFileName() + "/" + file.getFileName(), file, uppermost));
                } else {
                    file(entry.getFileName().toString(), entry, uppermost);
                }
            }
        }
        return uppermost;
    }

    /**
     * @return what lies in {@code providers/} of the folders under the name of a profile, the uppermost of each name
     *     ({@code providers/assemblyai.yaml}), by name
     * @throws StartFailure when a folder cannot be read
     */
    public Map<String, Path> profiles() {
        TreeMap<String, Path> uppermost = new TreeMap<>();
        for (Path folder : folders()) {
            Path providers = folder.resolve(PROVIDERS);
            if (Files.isDirectory(providers)) {
                list(providers).stream().filter(file -> PROFILE.matcher(PROVIDERS + "/" + file.getFileName()).matches())
                        .forEach(file -> uppermost.putIfAbsent(PROVIDERS + "/" + file.getFileName(), file));
            }
        }
        return uppermost;
    }

    /** One that bears the name of a file is a mistake, and is named as one. */
    private static boolean isStage(Path entry) {
        return Files.isDirectory(entry) && !READ.matcher(entry.getFileName().toString()).matches();
    }

    private static void file(String name, Path file, Map<String, Path> uppermost) {
        if (READ.matcher(name).matches() && !MovedRoutes.from(name)) {
            uppermost.putIfAbsent(name, file);
        }
    }

    /**
     * @param name relative to {@code routes/}
     * @return where the class path of the application that the relay is embedded in holds a file of that name; nothing where none does
     */
    public Optional<URL> ofHost(String name) {
        return Optional.ofNullable(host).map(loader -> loader.getResource(HOST_PATH + name));
    }

    /**
     * @return a sentence for each file in the folders that somebody may take for a route file or a statement, and that is not read: its name ends
     *     otherwise, it lies too deep, or the relay's own file of that name has another place now; by name, and of each folder that is too deep
     *     only the first
     */
    public SortedMap<String, String> unread() {
        SortedMap<String, String> unread = new TreeMap<>();
        routes.stream().filter(folder -> Files.exists(folder, LinkOption.NOFOLLOW_LINKS) && !Files.isDirectory(folder))
                .forEach(folder -> unread.put("", folder + " is not read: it is " + (Files.exists(folder) ? "not a folder." : "a link that leads nowhere.")));
        for (Path folder : folders()) {
            for (Path entry : entries(folder)) {
                String name = entry.getFileName().toString();
                if (isStage(entry)) {
                    entries(entry).forEach(inside -> unread(inside, name + "/" + inside.getFileName(), unread));
                } else {
                    unread(entry, name, unread);
                }
            }
        }
        if (host != null) {
            MovedRoutes.names().stream().filter(name -> host.getResource(HOST_PATH + name) != null)
                    .forEach(name -> unread.putIfAbsent(name, MovedRoutes.sentence(name)));
        }
        return unread;
    }

    private static void unread(Path entry, String name, Map<String, String> unread) {
        if (Files.isDirectory(entry)) {
            try (Stream<Path> below = Files.walk(entry.resolve("."), BELOW)) { // which follows a link, the first one only
                below.filter(file -> LIKE_A_ROUTE.matcher(file.getFileName().toString()).matches()).limit(MOST_BELOW).sorted().findFirst()
                        .map(file -> name + "/" + entry.resolve(".").relativize(file))
                        .ifPresent(file -> unread.put(file, "routes/" + file
                                + " is not read: the folders in routes/ are looked into, and none in those."));
            } catch (IOException | UncheckedIOException e) {
                LOG.debug("{} cannot be looked into", entry, e);
            }
        } else if (MovedRoutes.from(name)) {
            unread.put(name, MovedRoutes.sentence(name));
        } else if (name.startsWith(PROVIDERS + "/") && name.toLowerCase(Locale.ROOT).endsWith(".yml")) {
            unread.put(name, "routes/" + name + " is not read: the names of profiles end in .yaml.");
        } else if (!READ.matcher(name).matches() && !PROFILE.matcher(name).matches()
                && LIKE_A_ROUTE.matcher(entry.getFileName().toString()).matches()) {
            unread.put(name, "routes/" + name + " is not read: the names of route files end in .camel.yaml, those of statements in .sql,"
                    + " and statements lie in a folder in routes/.");
        }
    }

    private static List<Path> entries(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> !file.getFileName().toString().startsWith(".")).toList();
        } catch (IOException | UncheckedIOException e) {
            return List.of(); // told when its files are read
        }
    }

    private static List<Path> list(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> !file.getFileName().toString().startsWith(".")).toList();
        } catch (AccessDeniedException e) {
            throw new StartFailure("The folder " + folder + " cannot be read: access is denied.", e);
        } catch (IOException | UncheckedIOException e) {
            throw new StartFailure("The folder " + folder + " cannot be read: " + e.getMessage() + ".", e);
        }
    }
}
