package io.jobrelay.promises.nothingprivate;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.jobrelay.support.RelayFixture;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** What went wrong is told in one line, and with no secret in it, whatever the database or a library says. */
class CaughtTest {

    @ParameterizedTest
    @ValueSource(strings = {"relay-refuse", "relay-skip-tick", "relay-submit-later"})
    void a_policy_logs_what_it_caught_without_the_secrets_in_it(String policy) throws Exception {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        Logger logger = (Logger) LoggerFactory.getLogger("io.jobrelay");
        try (RelayFixture relay = new RelayFixture().start()) {
            relay.context().addRoutes(new RouteBuilder() {
                @Override
                public void configure() {
                    from("direct:fails").routeId("fails").routeConfigurationId(policy)
                            .throwException(new IllegalStateException("Failing row contains"
                                    + "\n(1, https://media.example/a.mp3?access_token=s3cret, Bearer t0ken)"));
                }
            });
            logger.addAppender(log);
            relay.context().createProducerTemplate().send("direct:fails", e -> { });
        } finally {
            logger.detachAppender(log);
        }
        assertThat(log.list).extracting(ILoggingEvent::getFormattedMessage).filteredOn(line -> line.contains("Failing row"))
                .singleElement().asString().contains("https://media.example/a.mp3").doesNotContain("s3cret", "t0ken", "\n");
    }
}
