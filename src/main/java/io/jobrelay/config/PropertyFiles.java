package io.jobrelay.config;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.function.Predicate;
import org.apache.camel.spi.LoadablePropertiesSource;
import org.apache.camel.support.service.ServiceSupport;
import org.apache.camel.util.OrderedLocationProperties;

/**
 * The relay's {@code application.properties}, one file over the other, key by key, as one source of Camel's properties. Camel's own list of
 * locations is not used: it reads Latin-1, cannot take a folder with a comma in its name, and lets the first file win in one place and the
 * last in another.
 */
public final class PropertyFiles extends ServiceSupport implements LoadablePropertiesSource {

    private static final String DEFAULTS = "io/jobrelay/application.properties";
    private final OrderedLocationProperties merged = new OrderedLocationProperties();

    /**
     * Reads the jar's own file and those given.
     *
     * @param files in UTF-8, the one that wins first; ones that are not there are passed over
     * @throws StartFailure when one is there and cannot be read
     */
    public PropertyFiles(List<Path> files) {
        try (InputStream defaults = PropertyFiles.class.getClassLoader().getResourceAsStream(DEFAULTS)) {
            if (defaults == null) {
                throw new StartFailure("The relay's jar is damaged: it holds no " + DEFAULTS + ". Install it again.");
            }
            add("the relay's own " + DEFAULTS, new InputStreamReader(defaults, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new StartFailure("The relay's jar is damaged: its " + DEFAULTS + " cannot be read. Install it again.", e);
        }
        for (int i = files.size() - 1; i >= 0; i--) {
            Path file = files.get(i);
            if (Files.isSymbolicLink(file) && !Files.exists(file)) { // whoever put it there means something by it
                throw new StartFailure(file + " cannot be read: it is a link that leads nowhere.");
            }
            if (Files.exists(file)) {
                try (Reader reader = Files.newBufferedReader(file)) {
                    add(file.toString(), reader);
                } catch (CharacterCodingException e) {
                    throw new StartFailure(file + " cannot be read: it is not UTF-8.", e);
                } catch (IOException e) {
                    String why = Files.isRegularFile(file) ? e.getMessage() : "it is not a file";
                    throw new StartFailure(file + " cannot be read: " + why + ".", e);
                }
            }
        }
    }

    private void add(String location, Reader reader) throws IOException {
        BufferedReader text = new BufferedReader(reader);
        text.mark(1);
        if (text.read() != '\uFEFF') { // some editors begin a file with a byte order mark
            text.reset();
        }
        Properties file = new Properties();
        try {
            file.load(text);
        } catch (IllegalArgumentException e) {
            throw new StartFailure(location + " cannot be read: it holds a \\u that is not followed by four hexadecimal digits.", e);
        }
        for (String key : file.stringPropertyNames()) {
            merged.remove(key);
            merged.put(location, key, file.getProperty(key).trim());
        }
    }

    @Override
    public String getName() {
        return "relay";
    }

    @Override
    public String getProperty(String name) {
        return merged.getProperty(name);
    }

    @Override
    public Properties loadProperties() {
        return merged;
    }

    @Override
    public Properties loadProperties(Predicate<String> filter) {
        OrderedLocationProperties some = new OrderedLocationProperties();
        for (String key : merged.stringPropertyNames()) {
            if (filter.test(key)) {
                some.put(merged.getLocation(key), key, merged.getProperty(key));
            }
        }
        return some;
    }

    @Override
    public void reloadProperties(String location) {
        // read once: a key takes effect at the next start
    }
}
