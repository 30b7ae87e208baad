package host;

import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.builder.RouteBuilder;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;

/** A Spring Boot application with routes of its own. The relay's jar is on its class path, its keys are in application.yml, and that is all. */
@SpringBootApplication
public class Application {

    public static void main(String[] args) {
        SpringApplication.run(Application.class, args);
    }

    /** Where outcomes go: {@code relay.sinks=host}. */
    @Bean
    RouteBuilder sink() {
        return new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:sink-host").routeId("my-sink")
                        .to("sql:INSERT INTO customer_call VALUES (:#${header.relay-reference}, :#${header.relay-job-id}, :#${body})");
            }
        };
    }

    /** What has nothing to do with the relay, and is not to notice it. */
    @Bean
    RouteBuilder own() {
        AtomicInteger attempts = new AtomicInteger();
        return new RouteBuilder() {
            @Override
            public void configure() {
                onException(IllegalStateException.class).handled(true).maximumRedeliveries(2).redeliveryDelay(0)
                        .setBody(exchange -> "after " + attempts.getAndSet(0) + " attempts");
                from("platform-http:/hello").routeId("my-failing").process(exchange -> {
                    attempts.incrementAndGet();
                    throw new IllegalStateException("mine");
                });
            }
        };
    }
}
