package io.jobrelay.spring;

import io.jobrelay.config.StartFailure;
import jakarta.servlet.Servlet;
import org.apache.camel.CamelContext;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;

/** Makes the relay part of a Spring Boot application that runs Camel: the jar on the class path and {@code relay.*} keys are enough. */
@AutoConfiguration(afterName = "org.apache.camel.spring.boot.CamelAutoConfiguration")
@ConditionalOnBean(CamelContext.class)
public class RelayAutoConfiguration {

    /**
     * With {@code spring.main.lazy-initialization} nobody would ever ask for the context, and what maps its paths would be made when it is too
     * late to hear of them: every callback 404.
     */
    @Bean
    static LazyInitializationExcludeFilter relayNeedsCamel() {
        return (name, definition, type) -> CamelContext.class.isAssignableFrom(type) || type.getName().startsWith("org.apache.camel.")
                || type.getName().startsWith("io.jobrelay.");
    }

    @Bean
    RelayStarter relayStarter(ApplicationContext application) {
        return new RelayStarter(application);
    }

    /** Where the webhook is served by servlets. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
    @ConditionalOnClass({Servlet.class, FilterRegistrationBean.class})
    public static class Servlets {

        @Bean
        FilterRegistrationBean<WebhookFilter> relayWebhookFilter(Environment environment, ObjectProvider<CamelContext> context) {
            String servlet = environment.getProperty("spring.mvc.servlet.path", "/").trim();
            if (!servlet.matches("/*")) {
                throw new StartFailure("spring.mvc.servlet.path is " + servlet + ", and so the relay's webhook would not be reached. Take it out, and use"
                        + " server.servlet.context-path instead, which relay.public-url then ends with.");
            }
            String path = environment.getProperty("relay.webhook.path", "/webhook").trim().replaceAll("/+$", "");
            FilterRegistrationBean<WebhookFilter> filter = new FilterRegistrationBean<>(new WebhookFilter(context::getObject, path));
            filter.setName("relayWebhookFilter");
            filter.addUrlPatterns(path, path + "/*", "/media/*", WebhookFilter.ADMIN + "*");
            filter.setOrder(Ordered.HIGHEST_PRECEDENCE); // whoever asks for a parameter before it would eat a body
            return filter;
        }
    }
}
