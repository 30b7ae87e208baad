package io.jobrelay.spring;

import io.jobrelay.JobRelay;
import io.jobrelay.config.StartFailure;
import org.apache.camel.CamelContext;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextRefreshedEvent;
import org.springframework.core.Ordered;

/** Adds the relay when all beans of the application are there, and just before Camel looks for routes (at {@code LOWEST_PRECEDENCE - 2}). */
final class RelayStarter implements ApplicationListener<ContextRefreshedEvent>, Ordered {

    private final ApplicationContext application;
    private boolean added;

    RelayStarter(ApplicationContext application) {
        this.application = application;
    }

    @Override
    public int getOrder() {
        return LOWEST_PRECEDENCE - 3;
    }

    @Override
    public void onApplicationEvent(ContextRefreshedEvent event) {
        if (event.getApplicationContext() != application || added) {
            return;
        }
        added = true;
        try {
            JobRelay.addTo(application.getBean(CamelContext.class), new SpringEnvironment(application));
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new StartFailure(StartFailure.sentence(e), e);
        }
    }
}
