package io.jobrelay.reload;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.ResourceSupport;

/**
 * A file of {@code routes/} as it was when it was read, so that what was checked is what is put in place.
 *
 * @param name below {@code routes/}: {@code sink-file.camel.yaml}, {@code sql/job-insert.sql}
 * @param path where it lies
 * @param bytes what it held
 */
record RouteFile(String name, Path path, byte[] bytes) {

    private static final Pattern SQL = Pattern.compile("\\{\\{\\s*sql:\\s*([^}\\s]+)\\s*}}|(?:^|[/:\"'\\s])sql/([^\"'\\s?&]+)\\.sql");

    /** @return whether it holds a statement rather than routes */
    boolean isSql() {
        return name.endsWith(".sql");
    }

    /** @return how routes name it, for a file that holds a statement */
    String statement() {
        return name.substring(name.indexOf('/') + 1).replaceFirst("\\.sql$", "");
    }

    /** @return what it held, as text */
    String text() {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** @return the resource Camel loads it from */
    Resource resource() {
        return new ResourceSupport("file", "file:" + path) {
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

    /** @return the SQL files that routes here use, such as {@code sql/job-insert.sql} */
    Set<String> statements() {
        return SQL.matcher(text()).results().map(found -> "sql/" + (found.group(1) == null ? found.group(2) : found.group(1)) + ".sql")
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /**
     * @param file {@code sql/job-insert.sql}
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

    @Override
    public boolean equals(Object other) {
        return other instanceof RouteFile file && name.equals(file.name) && path.equals(file.path) && Arrays.equals(bytes, file.bytes);
    }

    @Override
    public int hashCode() {
        return name.hashCode() * 31 + Arrays.hashCode(bytes);
    }
}
