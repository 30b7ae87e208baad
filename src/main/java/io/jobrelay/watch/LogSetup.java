package io.jobrelay.watch;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.core.joran.spi.JoranException;
import io.jobrelay.config.Keys;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.MainListenerSupport;
import org.slf4j.LoggerFactory;

/**
 * The log of a relay that runs by itself: as text or as JSON, quiet when all is well. Until the relay has started only it speaks, not its
 * libraries: what stops the start is told in one sentence, and Camel, Hikari and H2 would each tell it again with a stack trace. A
 * configuration of somebody's own ({@code -Dlogback.configurationFile}) is left alone.
 */
public final class LogSetup extends MainListenerSupport {

    private static final String OWN = "logback.configurationFile";
    private final boolean ours;

    private LogSetup(boolean ours) {
        this.ours = ours;
    }

    /** @return the log, to be told of the start; it writes text from now on */
    public static LogSetup begin() {
        boolean ours = System.getProperty(OWN) == null;
        if (ours) {
            System.setProperty(OWN, file("text"));
            root().setLevel(Level.OFF);
        }
        return new LogSetup(ours);
    }

    /** Takes the format that {@code relay.log.format} names, and what {@code relay.log.decisions} adds, before anything is logged. */
    @Override
    public void beforeConfigure(BaseMainSupport main) {
        if (!ours) {
            return;
        }
        Keys keys = new Keys(main.getCamelContext());
        if (keys.text("relay.log.format").filter("json"::equals).isPresent()) {
            LoggerContext context = root().getLoggerContext();
            JoranConfigurator configurator = new JoranConfigurator();
            configurator.setContext(context);
            context.reset();
            try {
                configurator.doConfigure(LogSetup.class.getClassLoader().getResource(file("json")));
            } catch (JoranException e) {
                throw new IllegalStateException("the jar's own configuration of the log can be read", e);
            }
            root().setLevel(Level.OFF);
        }
        root().getLoggerContext().getLogger(DecisionLog.LOGGER).setLevel(keys.flag("relay.log.decisions") ? Level.DEBUG : Level.INFO);
    }

    @Override
    public void afterStart(BaseMainSupport main) {
        if (ours) {
            root().setLevel(Level.WARN);
        }
    }

    @Override
    public void beforeStop(BaseMainSupport main) {
        if (ours) {
            root().getLoggerContext().getLogger("io.netty").setLevel(Level.ERROR); // it warns of each connection that comes too late
            root().getLoggerContext().getLogger("com.zaxxer.hikari").setLevel(Level.ERROR); // a pool that was still growing is no trouble now
        }
    }

    private static String file(String format) {
        return "io/jobrelay/logback-" + format + ".xml";
    }

    private static Logger root() {
        return (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    }
}
