package io.jobrelay.config;

import io.jobrelay.ops.Redaction;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.FailedToCreateRouteException;
import org.apache.camel.FailedToStartRouteException;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;

/** Turns what Camel throws for a route file into one sentence that names the file and the cause. */
public final class RouteFailure {

    private static final Pattern DUPLICATE = Pattern.compile("Duplicate route ids detected: ([^.]+)\\.");

    private RouteFailure() {
    }

    /**
     * @param failure thrown while routes were read, made or started
     * @param files the route files that were read
     * @return the sentence, or the failure's own where it has nothing to do with a route
     */
    public static String sentence(Throwable failure, List<Path> files) {
        String own = StartFailure.sentence(failure);
        Path named = null;
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t instanceof StartFailure) {
                return own;
            }
            if (t instanceof MarkedYamlEngineException yaml && yaml.getProblemMark().isPresent()) {
                Mark place = yaml.getProblemMark().get();
                return place.getName().replaceFirst("^file:", "") + ", line " + (place.getLine() + 1) + ", cannot be read as routes: "
                        + yaml.getProblem() + ". Correct it.";
            }
            Matcher duplicate = DUPLICATE.matcher(String.valueOf(t.getMessage()));
            if (duplicate.find()) {
                return "The route id " + duplicate.group(1) + " stands in more than one file: "
                        + names(RouteFiles.with(duplicate.group(1), files)) + ". Give each route an id of its own.";
            }
            if (t instanceof FailedToCreateRouteException create && create.getRouteId() != null) {
                return ofRoute(create.getRouteId(), t, files);
            }
            if (t instanceof FailedToStartRouteException start && start.getRouteId() != null) {
                return ofRoute(start.getRouteId(), t, files);
            }
            String message = String.valueOf(t.getMessage());
            named = named != null ? named : files.stream().filter(file -> message.contains("file:" + file)).findFirst().orElse(null);
        }
        return named == null ? own : named + " cannot be used: " + why(failure) + ". Correct it.";
    }

    private static String ofRoute(String id, Throwable failure, List<Path> files) {
        List<Path> holders = RouteFiles.with(id, files);
        return "The route " + id + (holders.isEmpty() ? "" : " in " + names(holders)) + " cannot be used: "
                + why(failure) + ". Correct it.";
    }

    private static String why(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        String message = root.getMessage();
        return (message != null && message.contains(" ") ? Redaction.of(message) : Redaction.of(root)).replaceFirst("\\.$", "");
    }

    private static String names(List<Path> files) {
        return files.isEmpty() ? "(not found)" : String.join(" and ", files.stream().map(Path::toString).toList());
    }
}
