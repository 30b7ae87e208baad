package io.jobrelay.audit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jobrelay.config.ExactValues;
import io.jobrelay.config.Keys;
import io.jobrelay.config.PropertyFiles;
import io.jobrelay.config.RouteLocations;
import io.jobrelay.config.StartFailure;
import io.jobrelay.protocol.Redaction;
import java.io.PrintStream;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;

/**
 * {@code bin/relay audit}: asks the running relay whether the conservation law holds, and looks for itself only where none runs, since H2 lets
 * one process in. The keys are those of the relay.
 */
public final class AuditCommand {

    private static final int HOLDS = 0;
    private static final int BROKEN = 1;
    private static final int NOT_CHECKED = 2;

    private AuditCommand() {
    }

    /**
     * Checks, and tells what was found.
     *
     * @param args {@code --json} for machines, {@code -Dkey=value}
     * @param out gets the report, as a table or as JSON
     * @param err gets one sentence where nothing could be checked
     * @return the exit status: 0 the law holds, 1 it is broken, 2 it could not be checked
     */
    public static int run(List<String> args, PrintStream out, PrintStream err) {
        try (CamelContext context = new DefaultCamelContext()) {
            RouteLocations locations = RouteLocations.ofThisProcess();
            ExactValues.in(context);
            context.getPropertiesComponent().addPropertiesSource(new PropertyFiles(locations.propertyFiles()));
            context.getPropertiesComponent().setOverrideProperties(set(args));
            context.build();
            byte[] json = check(context, locations);
            JsonNode report = new ObjectMapper().readTree(json);
            if (args.contains("--json")) {
                out.write(json);
                out.println();
            } else {
                AuditTable.print(report, out);
            }
            out.flush();
            return report.path("ok").booleanValue() ? HOLDS : BROKEN;
        } catch (Exception | Error e) { // Java's own exit status for an error would be 1: broken
            err.println(StartFailure.sentence(e, "The law could not be checked: "));
            return NOT_CHECKED;
        }
    }

    private static byte[] check(CamelContext context, RouteLocations locations) throws Exception {
        Keys keys = new Keys(context);
        RunningRelay running = new RunningRelay(keys);
        Optional<byte[]> answer = running.audit();
        if (answer.isPresent()) {
            return answer.get();
        }
        try {
            return StoppedRelay.audit(context, keys, locations);
        } catch (StartFailure e) {
            throw new StartFailure("No relay answers at " + running + ". " + e.getMessage(), e);
        }
    }

    private static Properties set(List<String> args) {
        Properties set = new Properties();
        for (String arg : args) {
            int equals = arg.indexOf('=');
            if (arg.startsWith("-D") && equals > 2) {
                set.setProperty(arg.substring(2, equals), arg.substring(equals + 1));
            } else if (!arg.equals("--json")) {
                throw new StartFailure("The argument " + Redaction.of(arg) + " is not known. The audit takes --json and -Dkey=value.");
            }
        }
        return set;
    }
}
