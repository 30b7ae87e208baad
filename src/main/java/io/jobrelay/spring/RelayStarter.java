package io.jobrelay.spring;

import io.jobrelay.JobRelay;
import io.jobrelay.config.StartFailure;
import org.apache.camel.CamelContext;
import org.apache.camel.component.platform.http.PlatformHttpConstants;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.web.context.WebServerApplicationContext;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextRefreshedEvent;
import org.springframework.core.Ordered;

/** Adds the relay when all beans of the application are there, and just before Camel looks for routes (at {@code LOWEST_PRECEDENCE - 2}). */
final class RelayStarter implements ApplicationListener<ContextRefreshedEvent>, Ordered {

    private static final Logger LOG = LoggerFactory.getLogger("io.jobrelay");
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
            CamelContext context = application.getBean(CamelContext.class);
            JobRelay.addTo(context, new SpringEnvironment(application));
            boolean servlets = context.getRegistry().lookupByName(PlatformHttpConstants.PLATFORM_HTTP_ENGINE_NAME) != null;
            if (servlets && !(application instanceof WebServerApplicationContext)) {
                LOG.warn("The application has no server for the webhook (spring.main.web-application-type): callbacks cannot come, and jobs are only polled");
            }
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new StartFailure(StartFailure.sentence(e), e);
        }
    }
}
