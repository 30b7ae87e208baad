package io.jobrelay.spring;

import io.jobrelay.config.HostProperties;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/** The keys of an application whose configuration is Spring's: {@code application.yml}, profiles, command line. */
final class SpringEnvironment implements HostProperties {

    /** Who makes a DataSource that nobody wrote down. */
    private static final String SPRING_BOOT = "org.springframework.boot.autoconfigure.jdbc.";
    private final ApplicationContext application;
    private final Environment environment;

    SpringEnvironment(ApplicationContext application) {
        this.application = application;
        this.environment = application.getEnvironment();
    }

    @Override
    public String property(String key) {
        return environment.getProperty(key);
    }

    @Override
    public Set<String> propertyNames() {
        Set<String> names = new TreeSet<>();
        if (environment instanceof ConfigurableEnvironment configurable) {
            configurable.getPropertySources().forEach(source -> {
                if (source instanceof EnumerablePropertySource<?> listed) {
                    names.addAll(Arrays.asList(listed.getPropertyNames()));
                }
            });
        }
        return names;
    }

    /** Without {@code spring.datasource.url}, Spring Boot makes one in memory as soon as H2 is on the class path, as it is with the relay. */
    @Override
    public boolean wanted(String dataSource) {
        return StringUtils.hasText(environment.getProperty("spring.datasource.url")) || !(application instanceof ConfigurableApplicationContext configurable)
                || !configurable.getBeanFactory().containsBeanDefinition(dataSource)
                || !String.valueOf(configurable.getBeanFactory().getBeanDefinition(dataSource).getFactoryBeanName()).startsWith(SPRING_BOOT);
    }
}
