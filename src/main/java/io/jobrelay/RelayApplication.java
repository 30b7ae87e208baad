package io.jobrelay;

import io.jobrelay.config.StartFailure;
import org.apache.camel.main.Main;

/** Runs the relay by itself, with camel-main: the routes of {@code routes/}, the keys of {@code application.properties}. */
public final class RelayApplication {

    private RelayApplication() {
    }

    /**
     * Starts the relay and returns when it has been stopped by a signal.
     *
     * @param args what {@code bin/relay} was called with; {@code -Dkey=value} sets a key
     */
    public static void main(String[] args) throws Exception {
        if (System.getProperty("logback.configurationFile") == null) {
            System.setProperty("logback.configurationFile", "io/jobrelay/logback-text.xml");
        }
        Main main = new Main();
        JobRelay.configure(main);
        try {
            main.run(new String[0]);
        } catch (Exception e) {
            System.err.println(StartFailure.sentence(e));
            System.exit(1);
        }
        System.exit(main.getExitCode());
    }
}
