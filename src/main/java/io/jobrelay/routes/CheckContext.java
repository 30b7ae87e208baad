package io.jobrelay.routes;

import io.jobrelay.config.ExactValues;
import io.jobrelay.config.SqlFunction;
import io.jobrelay.registry.RelaySql;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.Endpoint;
import org.apache.camel.component.properties.PropertiesComponent;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.spi.PropertiesFunction;
import org.apache.camel.spi.PropertiesSource;
import org.apache.camel.support.service.ServiceHelper;

/** A context beside the running one, with its beans and keys, in which routes are made ready and nothing is started. */
final class CheckContext {

    private static final Pattern FUNCTION = Pattern.compile("\\{\\{\\s*\\??([\\w-]+):");
    private static final Set<String> BUILT_IN = Set.of("env", "sys", "service", "service.host", "service.port", "bean");

    private final CamelContext live;

    /** @param live the running context, which is only looked at */
    CheckContext(CamelContext live) {
        this.live = live;
    }

    /**
     * @param files whose routes will be made in it
     * @param all files by name, among them the statements
     * @param hidden names of beans that the files make themselves
     * @return a context that is never started
     */
    DefaultCamelContext make(Collection<RouteFile> files, Map<String, RouteFile> all, Set<String> hidden) {
        DefaultCamelContext context = new DefaultCamelContext(new LiveBeans(live.getRegistry(), hidden));
        context.disableJMX();
        context.getCamelContextExtension().setName("relay-check");
        context.setAutoStartup(false);
        RelaySql.in(context, live.getRegistry().lookupByNameAndType("relay-data-source", DataSource.class));
        context.setApplicationContextClassLoader(live.getApplicationContextClassLoader());
        PropertiesComponent properties = new PropertiesComponent();
        ExactValues.in(properties);
        properties.setAutoDiscoverPropertiesSources(false);
        properties.addPropertiesSource(new LiveKeys());
        properties.addPropertiesFunction(new StatementPlace(all));
        for (RouteFile file : files) {
            Matcher function = FUNCTION.matcher(file.text());
            while (function.find()) {
                String name = function.group(1);
                if (!BUILT_IN.contains(name) && !properties.hasPropertiesFunction(name)
                        && live.getPropertiesComponent().hasPropertiesFunction(name)) {
                    properties.addPropertiesFunction(live.getPropertiesComponent().getPropertiesFunction(name));
                }
            }
        }
        context.setPropertiesComponent(properties);
        return context;
    }

    /** Where the statements lie that are looked at, which need not be where those that run do. */
    private record StatementPlace(Map<String, RouteFile> files) implements PropertiesFunction {

        @Override
        public String getName() {
            return "sql";
        }

        @Override
        public String apply(String name) {
            RouteFile file = files.get(SqlFunction.file(name));
            return file == null ? "file:routes/" + SqlFunction.file(name) : SqlFunction.inUri(file.location());
        }
    }

    /** The running context's keys, placeholders in their values resolved. */
    private final class LiveKeys implements PropertiesSource {

        @Override
        public String getName() {
            return "relay-live";
        }

        @Override
        public String getProperty(String name) {
            return live.getPropertiesComponent().resolveProperty(name).map(ExactValues::hidden).orElse(null);
        }
    }

    /**
     * Nothing was started but components; steps may be beans of the running relay and are never stopped from here.
     *
     * @param context from {@link #make}
     */
    void forget(DefaultCamelContext context) {
        for (CamelContextAware bean : live.getRegistry().findByType(CamelContextAware.class)) {
            if (bean.getCamelContext() == context) {
                bean.setCamelContext(live); // Camel tells each step its context, beans too
            }
        }
        for (Endpoint endpoint : context.getEndpoints()) {
            ServiceHelper.stopAndShutdownService(endpoint);
        }
        for (String name : context.getComponentNames()) {
            ServiceHelper.stopAndShutdownService(context.hasComponent(name));
        }
        ServiceHelper.stopAndShutdownService(context.getExecutorServiceManager());
    }
}
