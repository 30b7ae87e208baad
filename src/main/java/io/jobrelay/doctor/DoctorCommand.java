package io.jobrelay.doctor;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jobrelay.api.ApiClient;
import io.jobrelay.api.ApiProbe;
import io.jobrelay.audit.RunningRelay;
import io.jobrelay.audit.StoppedRelay;
import io.jobrelay.config.ExactValues;
import io.jobrelay.config.Keys;
import io.jobrelay.config.Preflight;
import io.jobrelay.config.PropertyFiles;
import io.jobrelay.config.RouteLocations;
import io.jobrelay.config.StartFailure;
import io.jobrelay.config.Upstream;
import io.jobrelay.folder.Folders;
import io.jobrelay.watch.LastHeard;
import io.jobrelay.webhook.PublicUrl;
import java.io.PrintStream;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;

/** {@code bin/relay doctor}: asks the running relay to examine itself, and looks at what can be seen without one where none runs. */
public final class DoctorCommand {

    private static final ObjectMapper JSON = new ObjectMapper();

    private DoctorCommand() {
    }

    /**
     * @param out gets a line for each check
     * @param err gets one sentence where nothing could be checked
     * @return the exit status: 0 nothing failed, 1 something did
     */
    public static int run(PrintStream out, PrintStream err) {
        try (CamelContext context = new DefaultCamelContext()) {
            RouteLocations locations = RouteLocations.ofThisProcess();
            ExactValues.in(context);
            context.getPropertiesComponent().addPropertiesSource(new PropertyFiles(locations.propertyFiles()));
            context.build();
            Keys keys = new Keys(context);
            Preflight.check(context, keys);
            Optional<byte[]> answer = new RunningRelay(keys).doctor();
            JsonNode report = JSON.readTree(answer.isPresent() ? answer.get() : Doctor.json(without(context, keys, locations).examine()).getBytes(UTF_8));
            for (JsonNode check : report.path("checks")) {
                out.printf(Locale.ROOT, "%-8s %-17s %s%n", check.path("result").asText(), check.path("name").asText(), check.path("says").asText());
            }
            return report.path("ok").asBoolean() ? 0 : 1;
        } catch (Exception | LinkageError e) {
            err.println(StartFailure.sentence(e, "The examination could not be finished: "));
            return 1;
        }
    }

    /** One that makes the relay's own calls, by the route that makes them all. */
    private static Doctor without(CamelContext context, Keys keys, RouteLocations locations) throws Exception {
        Upstream upstream = Upstream.of(keys);
        Clock clock = Clock.systemUTC();
        context.getRegistry().bind("relay-api-client", ApiClient.of(context, keys));
        context.getRegistry().bind("relay-traffic", new LastHeard(clock));
        StoppedRelay.start(context, locations, List.of("errors", "api/api-call"));
        return new Doctor(upstream, new ApiProbe(context, upstream, clock), new PublicUrl(keys, upstream, clock), null,
                StoreCheck.stopped(context, keys), new Folders(keys, true, locations), null, Preflight.warnings(keys), java.util.Map::of);
    }
}
