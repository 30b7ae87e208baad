package io.jobrelay.config;

import java.io.IOException;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/** The route files in the relay's own jar, told from files of the same name that a host has on its class path. */
public final class Packaged {

    private static final String FOLDER = "camel/";
    private static final String ENDING = ".camel.yaml";
    /** A file that nobody else has, to find the jar by, wherever it lies: in a folder, in a jar, in a jar inside a jar. */
    private static final String MARK = "io/jobrelay/application.properties";

    private Packaged() {
    }

    /**
     * @return the names of the route files, sorted
     * @throws StartFailure when the jar cannot be read
     */
    public static List<String> names() {
        try {
            URL mark = Packaged.class.getClassLoader().getResource(MARK);
            URLConnection connection = mark.openConnection();
            connection.setUseCaches(false);
            List<String> names = connection instanceof JarURLConnection jar ? inJar(jar) : inFolder(mark.toURI());
            Collections.sort(names);
            return names;
        } catch (IOException | URISyntaxException e) {
            throw new StartFailure("The relay's jar cannot be read: " + e.getMessage() + ". Install it again.", e);
        }
    }

    private static List<String> inJar(JarURLConnection connection) throws IOException {
        try (JarFile jar = connection.getJarFile(); Stream<String> entries = jar.stream().map(entry -> entry.getName())) {
            return new ArrayList<>(entries.filter(name -> name.startsWith(FOLDER) && name.endsWith(ENDING))
                    .map(name -> name.substring(FOLDER.length())).filter(name -> !name.contains("/")).toList());
        }
    }

    private static List<String> inFolder(URI mark) throws IOException {
        Path classes = Path.of(mark).getParent().getParent().getParent();
        try (Stream<Path> files = Files.list(classes.resolve(FOLDER))) {
            return new ArrayList<>(files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith(ENDING)).toList());
        }
    }
}
