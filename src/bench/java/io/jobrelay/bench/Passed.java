package io.jobrelay.bench;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.camel.AsyncCallback;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.component.timer.TimerEndpoint;
import org.apache.camel.model.BeanDefinition;
import org.apache.camel.model.ChoiceDefinition;
import org.apache.camel.model.ExpressionNode;
import org.apache.camel.model.ProcessDefinition;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.language.ExpressionDefinition;
import org.apache.camel.model.language.MethodCallExpression;
import org.apache.camel.spi.CamelEvent;
import org.apache.camel.spi.InterceptStrategy;
import org.apache.camel.support.EventNotifierSupport;
import org.apache.camel.support.processor.DelegateAsyncProcessor;

/**
 * Counts what exchanges pass in a context that finds it in its registry, whatever its routes are called and wherever they lie: each step of a
 * route, also those within others and in each turn of a loop, and the beans that steps and their expressions name. Of a choice all of
 * its conditions count, and of what a timer begins nothing does.
 */
final class Passed extends EventNotifierSupport implements InterceptStrategy {

    /** Begins the counts of the steps of a route. */
    static final String ROUTE = "route ";
    private static final Pattern BEAN_IN_TEXT = Pattern.compile("\\$\\{bean:");
    private final Map<String, Integer> counts = new TreeMap<>();

    /** @return how many so far: {@code exchanges}, {@code steps}, {@code beans}, and the steps of each {@link #ROUTE} */
    synchronized Map<String, Integer> counts() {
        return new TreeMap<>(counts);
    }

    private synchronized void count(String what, int more) {
        counts.merge(what, more, Integer::sum);
    }

    @Override
    public Processor wrapProcessorInInterceptors(CamelContext context, NamedNode step, Processor target, Processor next) {
        String route = ROUTE + ProcessorDefinitionHelper.getRouteId(step);
        int beansOfStep = beans(step);
        return new DelegateAsyncProcessor(target) {
            @Override
            public boolean process(Exchange exchange, AsyncCallback callback) {
                if (!isOfTimer(exchange)) {
                    count("steps", 1);
                    count("beans", beansOfStep);
                    count(route, 1);
                }
                return super.process(exchange, callback);
            }
        };
    }

    private static boolean isOfTimer(Exchange exchange) {
        return exchange.getFromEndpoint() instanceof TimerEndpoint;
    }

    private static int beans(NamedNode step) {
        if (step instanceof BeanDefinition || step instanceof ProcessDefinition) {
            return 1;
        }
        if (step instanceof ChoiceDefinition choice) {
            return choice.getWhenClauses().stream().mapToInt(when -> beans(when.getExpression())).sum();
        }
        return step instanceof ExpressionNode node ? beans(node.getExpression()) : 0;
    }

    private static int beans(ExpressionDefinition expression) {
        return expression instanceof MethodCallExpression ? 1
                : expression == null || expression.getExpression() == null ? 0 : (int) BEAN_IN_TEXT.matcher(expression.getExpression()).results().count();
    }

    @Override
    public void notify(CamelEvent event) {
        count("exchanges", 1);
    }

    @Override
    public boolean isEnabled(CamelEvent event) {
        return event instanceof CamelEvent.ExchangeCreatedEvent created && !isOfTimer(created.getExchange());
    }
}
