package io.jobrelay;

import io.jobrelay.check.ProfileCheck;
import io.jobrelay.check.ProfileFile;
import io.jobrelay.config.Deployment;
import io.jobrelay.config.ExactValues;
import io.jobrelay.config.KeyCatalogue;
import io.jobrelay.config.Keys;
import io.jobrelay.config.Preflight;
import io.jobrelay.config.PropertyFiles;
import io.jobrelay.config.RouteLocations;
import io.jobrelay.config.StartFailure;
import io.jobrelay.folder.Folders;
import io.jobrelay.routes.RouteFolderCheck;
import io.jobrelay.routes.WatchedProfiles;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.springframework.util.FileSystemUtils;

/**
 * {@code bin/relay check}: reads the configuration, the routes and the profiles of providers as a start would and tells everything that is wrong, not only the first.
 * It opens no port and no folder, calls nobody, and may be run beside the running relay: statements are prepared on an empty store in memory.
 */
final class CheckCommand {

    private CheckCommand() {
    }

    /**
     * @param out gets a sentence for each file that is not read, and one line when all is well
     * @param err gets a sentence for each mistake
     * @return the exit status: 0 all is well, 1 something is wrong
     */
    static int run(PrintStream out, PrintStream err) {
        Set<String> problems = new LinkedHashSet<>();
        RouteLocations locations = RouteLocations.ofThisProcess();
        try {
            Collection<String> wrongKeys = keys(locations, problems);
            profiles(locations, problems);
            routes(locations, wrongKeys, problems);
        } catch (Exception | LinkageError e) {
            problems.add(StartFailure.sentence(e, "The check could not be finished: "));
        }
        problems.forEach(err::println);
        locations.unread().values().forEach(out::println);
        if (problems.isEmpty()) {
            out.println("Configuration, routes and profiles can be used (" + (locations.files().size() + locations.profiles().size()) + " files).");
        }
        return problems.isEmpty() ? 0 : 1;
    }

    private static Collection<String> keys(RouteLocations locations, Set<String> problems) throws Exception {
        try (CamelContext context = context(locations, new Properties())) {
            var wrong = KeyCatalogue.problems(context);
            problems.addAll(wrong.values());
            Keys keys = new Keys(context);
            if (Collections.disjoint(wrong.keySet(), Folders.KEYS)) {
                try {
                    problems.addAll(new Folders(keys, true, locations).problems());
                } catch (StartFailure e) {
                    problems.add(e.getMessage());
                }
            }
            if (wrong.isEmpty()) { // what keys say together
                try {
                    Preflight.check(context, keys);
                } catch (StartFailure e) {
                    problems.add(e.getMessage());
                }
            }
            return List.copyOf(wrong.keySet());
        }
    }

    /** Every profile there is, used or not. */
    private static void profiles(RouteLocations locations, Set<String> problems) throws IOException {
        for (ProfileFile file : new WatchedProfiles(locations, List.of()).read().values()) {
            ProfileCheck.problems(file).forEach(problem -> problems.add("routes/" + problem.sentence(file.name())));
        }
    }

    /** What is wrong with keys has been told: routes are looked at with the relay's own values in their place. */
    private static void routes(RouteLocations locations, Collection<String> wrongKeys, Set<String> problems) throws Exception {
        Path folder = emptyFolder(locations);
        Properties instead = new Properties();
        Properties own = new PropertyFiles(List.of()).loadProperties();
        wrongKeys.forEach(key -> instead.setProperty(key, own.getProperty(key, "")));
        instead.putAll(Map.of("relay.db.url", "jdbc:h2:mem:relay-check", "relay.db.username", "sa", "relay.db.password", "",
                "relay.db.volatile", "true", "relay.inbox.directory", folder.resolve("inbox").toString(),
                "relay.sink.file.directory", folder.resolve("results").toString()));
        try (CamelContext context = context(locations, instead)) {
            Composition.bind(context, locations, Deployment.OWN);
            problems.addAll(RouteFolderCheck.problems(context, locations));
        } finally {
            FileSystemUtils.deleteRecursively(folder);
        }
    }

    /** @return one that is removed again: where temporary files go, or here where that place cannot be written */
    private static Path emptyFolder(RouteLocations locations) throws IOException {
        try {
            return Files.createTempDirectory("relay-check");
        } catch (IOException e) {
            return Files.createTempDirectory(locations.current(), ".relay-check");
        }
    }

    private static CamelContext context(RouteLocations locations, Properties instead) {
        DefaultCamelContext context = new DefaultCamelContext();
        context.disableJMX();
        ExactValues.in(context);
        context.getPropertiesComponent().addPropertiesSource(new PropertyFiles(locations.propertyFiles()));
        context.getPropertiesComponent().setOverrideProperties(instead);
        // what the environment or -D sets wins over those, and the store and the inbox named there would be opened
        instead.stringPropertyNames().forEach(key -> context.getGlobalOptions().put(key, instead.getProperty(key)));
        context.build();
        return context;
    }
}
