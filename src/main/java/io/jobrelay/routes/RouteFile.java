package io.jobrelay.routes;

import io.jobrelay.config.PackagedRoutes;
import io.jobrelay.config.SqlFunction;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.ResourceSupport;

/**
 * A file of {@code routes/} as it was when it was read, so that what was checked is what is put in place.
 *
 * @param name below {@code routes/}: {@code sink/sink-file.camel.yaml}, {@code settle/job-end.sql}
 * @param location where it lies: {@code file:/srv/routes/sink/sink-file.camel.yaml}, {@code classpath:io/jobrelay/routes/sink/sink-file.camel.yaml}
 * @param bytes what it held
 * @param trouble why it could not be read; null when it could
 */
public record RouteFile(String name, String location, byte[] bytes, String trouble) {

    private static final Pattern SQL = Pattern.compile("\\{\\{\\s*sql:\\s*([^}\\s]+)\\s*}}|(?:^|[/:\"'\\s])([\\w.-]+/[\\w.-]+)\\.sql");

    /**
     * A file as it is.
     *
     * @param name below {@code routes/}
     * @param location as Camel names it
     * @param bytes its content
     */
    public RouteFile(String name, String location, byte[] bytes) {
        this(name, location, bytes, null);
    }

    /**
     * @return the files of the relay's jar, by name
     * @throws io.jobrelay.config.StartFailure when the jar cannot be read
     */
    public static Map<String, RouteFile> packaged() {
        Map<String, RouteFile> files = new TreeMap<>();
        PackagedRoutes.files().forEach((name, bytes) -> files.put(name, new RouteFile(name, PackagedRoutes.location(name), bytes)));
        return files;
    }

    /** @return whether it holds a statement rather than routes */
    public boolean isSql() {
        return name.endsWith(".sql");
    }

    /** @return how routes name it, for a file that holds a statement */
    String statement() {
        return statement(name);
    }

    /**
     * @param file {@code settle/job-end.sql}
     * @return how routes name it: {@code settle/job-end}
     */
    static String statement(String file) {
        return file.replaceFirst("^sql/", "").replaceFirst("\\.sql$", "");
    }

    /** @return what it held, as text */
    public String text() {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** @return the resource Camel loads it from */
    Resource resource() {
        return new ResourceSupport(location.substring(0, location.indexOf(':')), location) {
            @Override
            public boolean exists() {
                return true;
            }

            @Override
            public InputStream getInputStream() {
                return new ByteArrayInputStream(bytes);
            }
        };
    }

    /**
     * @param word such as the name of a bean or of a template
     * @return whether the file names it somewhere
     */
    boolean names(String word) {
        return Pattern.compile("(?<![\\w.-])" + Pattern.quote(word) + "(?![\\w-])").matcher(text()).find();
    }

    /** @return the SQL files that routes here use, such as {@code settle/job-end.sql} */
    public Set<String> statements() {
        return SQL.matcher(text()).results().map(found -> SqlFunction.file(found.group(1) == null ? found.group(2) : found.group(1)))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /**
     * @param file {@code settle/job-end.sql}
     * @return whether a route here uses that statement
     */
    boolean uses(String file) {
        return statements().contains(file);
    }

    /**
     * @param needle what stands somewhere in the file
     * @return the line of the first place, from 1; 0 when it is nowhere
     */
    int lineOf(String needle) {
        int at = text().indexOf(needle);
        return at < 0 ? 0 : (int) text().substring(0, at).chars().filter(c -> c == '\n').count() + 1;
    }

    /**
     * @param id given to a route or a step
     * @return the line that gives it, from 1; 0 when there is none
     */
    int lineOfId(String id) {
        Matcher place = Pattern.compile("(?m)^.*?[ {]id: *[\"']?" + Pattern.quote(id) + "[\"']? *(?=$|[,}])").matcher(text());
        return place.find() ? (int) text().substring(0, place.end()).chars().filter(c -> c == '\n').count() + 1 : 0;
    }

    /** Wherever they lie: a file that has only been moved to another folder need not take its own place. */
    @Override
    public boolean equals(Object other) {
        return other instanceof RouteFile file && name.equals(file.name) && Arrays.equals(bytes, file.bytes) && Objects.equals(trouble, file.trouble);
    }

    @Override
    public int hashCode() {
        return name.hashCode() * 31 + Arrays.hashCode(bytes);
    }
}
