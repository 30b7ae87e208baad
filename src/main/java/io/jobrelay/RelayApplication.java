package io.jobrelay;

import io.jobrelay.audit.AuditCommand;
import io.jobrelay.config.ExactValues;
import io.jobrelay.config.RouteLocations;
import io.jobrelay.config.StartFailure;
import io.jobrelay.doctor.DoctorCommand;
import io.jobrelay.protocol.FatalErrors;
import io.jobrelay.reload.RouteStart;
import io.jobrelay.watch.Banner;
import io.jobrelay.watch.LogSetup;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainListenerSupport;

/** Runs the relay by itself, with camel-main: the routes of {@code routes/}, the keys of {@code application.properties}. */
public final class RelayApplication {

    private static final String HELP = """
            bin/relay [-Dkey=value ...]    runs the relay until it is stopped by a signal (exit status 143); bin/relay run is the same. Exit status 78:
                                           the configuration is refused; 1: the start failed otherwise; 3: an Error, start it again
            bin/relay check                reads configuration, routes and profiles and tells all that is wrong: exit status 0 nothing, 1 something
            bin/relay doctor               examines account, clock, public URL, webhook, database: exit status 0 nothing failed, 1 something
            bin/relay audit [--json]       checks that nothing accepted is lost: exit status 0 it is so, 1 it is not, 2 not checked
            bin/relay prepare              lets later starts with this Java take little more than half the time, by a file of 50 MB beside bin/
            bin/relay --version            tells its version
            bin/relay --help               tells this

            Keys are read from the environment (RELAY_POLL_INTERVAL), the options -D, application.properties of the current folder,
            and the relay's own, which holds and explains every key; a key found earlier counts. Files in routes/ of the current
            folder replace those of the same name in the relay's own. JAVA_HOME and JAVA_OPTS choose and set up the Java that runs it.""";

    /**
     * Whatever a thread writes or reads on the heap goes by way of a buffer beside it, which the JDK keeps for the thread, as large as it ever was:
     * three hundred threads that stored a large body each once would have taken all there is. Larger ones are made for once and given back.
     */
    private static final String BUFFERS = "jdk.nio.maxCachedBufferSize";
    private static final String MOST_OF_A_BUFFER = "131072";

    private RelayApplication() {
    }

    /**
     * Starts the relay and returns when it has been stopped by a signal. What stops the start is told in one sentence on the standard error
     * stream; the exit status is then 78 where the configuration has to be corrected, 1 where the same may work later, and 3 after an Error.
     *
     * @param args {@code -Dkey=value} sets a key; {@code --help} and {@code --version} only tell; {@code audit} checks the store instead,
     *     {@code check} the configuration, {@code doctor} what is around it; {@code run} may be left out
     */
    public static void main(String[] args) {
        System.setOut(utf8(FileDescriptor.out)); // whatever the locale: names and references are in any language
        System.setErr(utf8(FileDescriptor.err));
        Locale.setDefault(Locale.ROOT); // Camel folds the names of keys and options by it, and an i has no dot in every language
        if (System.getProperty(BUFFERS) == null) { // read when the first buffer is needed
            System.setProperty(BUFFERS, MOST_OF_A_BUFFER);
        }
        for (String arg : args) {
            if (arg.equals("--help") || arg.equals("-h")) {
                System.out.println(HELP);
                return;
            }
            if (arg.equals("--version")) {
                String version = RelayApplication.class.getPackage().getImplementationVersion();
                System.out.println("AI Job Relay " + (version == null ? "(not packaged)" : version));
                return;
            }
        }
        List<String> settings = new ArrayList<>(List.of(args));
        String command = settings.stream().filter(arg -> !arg.startsWith("-D")).findFirst().orElse("run");
        switch (command) {
            case "audit" -> {
                settings.remove(command);
                LogSetup.begin();
                System.exit(AuditCommand.run(settings, System.out, System.err));
            }
            case "check" -> {
                settings.remove(command);
                System.exit(look(settings, CheckCommand::run));
            }
            case "doctor" -> {
                settings.remove(command);
                System.exit(look(settings, DoctorCommand::run));
            }
            default -> {
                settings.remove("run");
                System.exit(run(settings));
            }
        }
    }

    private static PrintStream utf8(FileDescriptor stream) {
        return new PrintStream(new FileOutputStream(stream), true, StandardCharsets.UTF_8);
    }

    private static int look(List<String> args, BiFunction<PrintStream, PrintStream, Integer> command) {
        try {
            args.forEach(RelayApplication::set);
            LogSetup.begin();
        } catch (StartFailure e) {
            System.err.println(e.getMessage());
            return 1;
        }
        return command.apply(System.out, System.err);
    }

    private static int run(List<String> args) {
        try {
            args.forEach(RelayApplication::set);
            ExactValues.given("camel.server.port").ifPresent(port -> System.setProperty("camel.server.port", port)); // Camel passes over such a variable
            LogSetup logs = LogSetup.begin();
            LastResort last = LastResort.install();
            RouteStart routes = new RouteStart(RouteLocations.ofThisProcess());
            while (true) {
                Main main = new Main();
                main.addMainListener(logs);
                JobRelay.configure(main, routes);
                main.addMainListener(new Banner());
                main.addMainListener(new SmallAgain());
                main.addMainListener(last.listening());
                try {
                    main.run(new String[0]);
                    return Math.max(main.getExitCode(), 0);
                } catch (Exception | LinkageError | AssertionError | StackOverflowError e) {
                    giveUp(main);
                    if (!routes.again(e)) {
                        throw e;
                    }
                }
            }
        } catch (Exception | LinkageError | AssertionError | StackOverflowError e) {
            System.err.println(StartFailure.sentence(e));
            return exitStatus(e);
        }
    }

    /** Of a start that failed: 78 where somebody has to correct something, 1 where it may pass. */
    private static int exitStatus(Throwable failure) {
        return FatalErrors.in(failure).filter(VirtualMachineError.class::isInstance).isPresent() ? LastResort.ERROR : StartFailure.exitStatus(failure, 1);
    }

    /** The heap has grown with what only the start needed, and of itself would not become smaller again while there is nothing to do. */
    private static final class SmallAgain extends MainListenerSupport {

        @Override
        public void afterStart(BaseMainSupport main) {
            System.gc();
        }
    }

    private static void set(String arg) {
        int equals = arg.indexOf('=');
        if (!arg.startsWith("-D") || equals < 3) {
            throw new StartFailure("The argument " + (equals < 0 ? arg : arg.substring(0, equals) + "=...")
                    + " is not known. The relay takes run, check, doctor, audit, -Dkey=value, --version and --help.");
        }
        System.setProperty(arg.substring(2, equals), arg.substring(equals + 1));
    }

    private static void giveUp(Main main) {
        main.getShutdownStrategy().shutdown(); // or the hook for signals would wait for a context that never started
        try {
            main.stop();
        } catch (RuntimeException e) {
            // what stopped the start has been told
        }
    }
}
