package io.jobrelay.config;

import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The route files and the profiles in the relay's own jar, told from files of the same name that a host has on its class path. */
public final class PackagedRoutes {

    private static final String FOLDER = "io/jobrelay/routes/";
    private static final String ENDING = ".camel.yaml";
    private static final Pattern NAME = Pattern.compile("([^/]+/)?[^/]+\\.camel\\.yaml|[^/]+/[^/]+\\.sql");
    /** A file that nobody else has, to find the jar by, wherever it lies: in a folder, in a jar, in a jar inside a jar. */
    private static final String MARK = "io/jobrelay/application.properties";

    private PackagedRoutes() {
    }

    /**
     * @return the names of the route files, sorted
     * @throws StartFailure when the jar cannot be read
     */
    public static List<String> names() {
        return files().keySet().stream().filter(name -> name.endsWith(ENDING)).toList();
    }

    /**
     * @param name of a route file or a statement
     * @return where Camel reads it in the jar
     */
    public static String location(String name) {
        return "classpath:" + FOLDER + name;
    }

    /**
     * @return what each route file ({@code sink/sink-file.camel.yaml}) and each statement ({@code settle/job-end.sql}) holds, by name
     * @throws StartFailure when the jar cannot be read
     */
    public static SortedMap<String, byte[]> files() {
        return files(NAME);
    }

    /**
     * @return what each profile of a provider ({@code providers/assemblyai.yaml}) holds, by name
     * @throws StartFailure when the jar cannot be read
     */
    public static SortedMap<String, byte[]> profiles() {
        return files(RouteLocations.PROFILE);
    }

    private static SortedMap<String, byte[]> files(Pattern names) {
        try {
            URL mark = PackagedRoutes.class.getClassLoader().getResource(MARK);
            URLConnection connection = mark.openConnection();
            connection.setUseCaches(false);
            return connection instanceof JarURLConnection jar ? inJar(jar, names) : inFolder(mark.toURI(), names);
        } catch (IOException | URISyntaxException e) {
            throw new StartFailure("The relay's jar cannot be read: " + e.getMessage() + ". Install it again.", e);
        }
    }

    private static SortedMap<String, byte[]> inJar(JarURLConnection connection, Pattern names) throws IOException {
        SortedMap<String, byte[]> files = new TreeMap<>();
        try (JarFile jar = connection.getJarFile()) {
            for (JarEntry entry : Collections.list(jar.entries())) {
                String name = entry.getName().startsWith(FOLDER) ? entry.getName().substring(FOLDER.length()) : "";
                if (names.matcher(name).matches()) {
                    try (InputStream in = jar.getInputStream(entry)) {
                        files.put(name, in.readAllBytes());
                    }
                }
            }
        }
        return files;
    }

    private static SortedMap<String, byte[]> inFolder(URI mark, Pattern names) throws IOException {
        Path folder = Path.of(mark).resolveSibling("routes");
        SortedMap<String, byte[]> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(folder, 2)) {
            for (Path file : all.toList()) {
                String name = folder.relativize(file).toString().replace('\\', '/');
                if (names.matcher(name).matches()) {
                    files.put(name, Files.readAllBytes(file));
                }
            }
        }
        return files;
    }
}
