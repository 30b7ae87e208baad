package io.jobrelay.flow;

import io.jobrelay.protocol.FatalErrors;
import io.jobrelay.protocol.Redaction;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.apache.camel.Body;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.Variable;
import org.apache.camel.support.ExchangeHelper;
import org.apache.camel.support.LifecycleStrategySupport;
import org.apache.camel.support.service.ServiceSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads of work that waits for somebody outside. A round hands each claimed row over and does not wait for it, so that one call without
 * an answer holds up no round. Each party, the API or a sink, has threads of its own, so that one that is silent holds up no other. And a call
 * that has waited for {@value #SILENT_SECONDS} seconds gives its place to the next, up to {@value #MOST} times as many threads: a few that are
 * silent hold up nobody, and one that takes everything and never answers costs a bounded number of threads, connections and jobs in doubt.
 *
 * <p>In: an exchange whose body is a claimed row, or a list of them; for each a copy of it, with its variables, goes to the route, where the row
 * is the body and a variable. What a row that failed means is its route's affair; one that is left to its claim comes again.
 */
public final class HandOver extends ServiceSupport implements Processor {

    private static final Logger LOG = LoggerFactory.getLogger(HandOver.class);
    private static final int SILENT_SECONDS = 3;
    private static final int MOST = 4;
    private static final long KEEP_SECONDS = 10;
    private static final int ONE_IN = 100;

    private final CamelContext context;
    private final String route;
    private final WakeUp wakeUp;
    private final Kind kind;
    private final Map<String, Crew> crews = new ConcurrentHashMap<>();
    private final AtomicInteger failing = new AtomicInteger();
    private volatile ProducerTemplate template;
    private volatile boolean ending;
    private StageProgress progress;

    /**
     * What is in hand.
     *
     * @param told for people, such as {@code submits to the API}
     * @param variable that holds the row
     * @param column of the row that names its party; null where there is one party only
     * @param parties that can be served at the moment
     * @param threads of a party, as long as it answers
     * @param ahead how many rows of a party may wait for a thread
     */
    public record Kind(String told, String variable, String column, Supplier<List<String>> parties, int threads, int ahead) {
    }

    /**
     * @param context that holds the route
     * @param route its name; it is called at {@code direct:<route>}
     * @param kind of its work
     * @param wakeUp of the rounds that hand over; it is rung when there is room again
     */
    public HandOver(CamelContext context, String route, Kind kind, WakeUp wakeUp) {
        this.context = context;
        this.route = route;
        this.kind = kind;
        this.wakeUp = wakeUp;
        wakeUp.stuckWhile(this::full);
        context.addLifecycleStrategy(new LifecycleStrategySupport() {
            @Override
            public void onContextStopping(CamelContext stopping) {
                ending = true; // what has not begun is left to its claim, while there are routes for what has
            }
        });
    }

    @Override
    public void process(Exchange exchange) {
        Object body = exchange.getMessage().getBody();
        for (Object row : body instanceof List<?> rows ? rows : List.of(body)) {
            Exchange own = ExchangeHelper.createCorrelatedCopy(exchange, false);
            own.getMessage().setBody(row);
            own.setVariable(kind.variable, row);
            crew(kind.column == null ? "" : (String) ((Map<?, ?>) row).get(kind.column)).take(own);
        }
    }

    /** @return whether some hand is free; if not, the worker is woken when one is */
    public boolean free() {
        return crew("").look();
    }

    /**
     * @param api with {@code slots}, how many calls of it may begin
     * @return for how many of them there are hands
     */
    public int most(@Variable("api") Map<String, Object> api) {
        return Math.min((int) api.get("slots"), crew("").room());
    }

    /**
     * @param found rows that are to be claimed
     * @param api as {@link #most} takes it, with {@code hint_slots}, how many of its calls may be for a hint
     * @return how many more rows may be claimed because a hint named them
     */
    public int hints(@Body List<?> found, @Variable("api") Map<String, Object> api) {
        return Math.max(0, Math.min((int) api.get("hint_slots"), most(api) - found.size()));
    }

    /** @return those parties that a route serves and that have a free hand */
    public List<String> freeParties() {
        return kind.parties.get().stream().filter(party -> crew(party).look()).toList();
    }

    /**
     * @param party any
     * @return for how many of its rows there are hands
     */
    public int room(String party) {
        return crew(party).room();
    }

    /** @return for health: who has been silent, and to how many */
    public List<String> notices() {
        return crews.entrySet().stream().filter(crew -> crew.getValue().silent() > 0).map(crew -> crew.getValue().told(crew.getKey())).toList();
    }

    private boolean full() {
        return crews.values().stream().anyMatch(crew -> crew.wanted);
    }

    private Crew crew(String party) {
        return crews.computeIfAbsent(party, name -> new Crew());
    }

    private void run(Exchange row) {
        if (ending) {
            return;
        }
        if (progress != null) {
            progress.made(row.getFromRouteId());
        }
        Exception failure = template.send("direct:" + route, row).getException();
        if (failure == null) {
            failing.set(0);
        } else if (!ending && failing.getAndIncrement() % ONE_IN == 0) {
            LOG.warn("{} failed and will be tried again: {}", route, Redaction.of(failure));
        }
    }

    /** The threads of one party, and what they have in hand. */
    private final class Crew {

        private final ThreadPoolExecutor threads = new ThreadPoolExecutor(kind.threads, MOST * kind.threads, KEEP_SECONDS, TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(), work -> context.getExecutorServiceManager().newThread("relay-" + route, work));
        private final Map<Object, Long> began = new ConcurrentHashMap<>();
        private final AtomicInteger inHand = new AtomicInteger();
        private volatile boolean wanted;

        Crew() {
            threads.allowCoreThreadTimeOut(true);
        }

        void take(Exchange row) {
            inHand.incrementAndGet();
            try {
                threads.execute(() -> work(row));
            } catch (RejectedExecutionException e) {
                inHand.decrementAndGet(); // stopping: it is left to its claim
            }
        }

        private void work(Exchange row) {
            began.put(row, System.nanoTime());
            try {
                run(row);
            } catch (Throwable t) {
                FatalErrors.see(t);
                LOG.warn("{} failed, and what was in hand is left to its claim: {}", route, Redaction.of(t));
            } finally {
                began.remove(row);
                inHand.decrementAndGet();
                if (wanted && look()) {
                    wakeUp.ring();
                }
            }
        }

        /** Gives the places of those that are silent to others. Whoever asks when a good part is free gets work worth a round. */
        boolean look() {
            threads.setCorePoolSize(Math.min(MOST * kind.threads, kind.threads + silent()));
            wanted = room() < Math.max(1, kind.ahead / MOST);
            return !wanted && !ending;
        }

        int room() {
            return Math.max(0, threads.getCorePoolSize() + kind.ahead - inHand.get());
        }

        int silent() {
            long since = System.nanoTime() - TimeUnit.SECONDS.toNanos(SILENT_SECONDS);
            return (int) began.values().stream().filter(at -> at - since < 0).count();
        }

        String told(String party) {
            long longest = began.values().stream().mapToLong(at -> System.nanoTime() - at).max().orElse(0);
            return silent() + " " + String.format(kind.told, party) + " have waited for an answer for up to " + TimeUnit.NANOSECONDS.toSeconds(longest)
                    + " s; " + (began.size() < MOST * kind.threads ? "the others go on." : "the others wait until one of them is given up.");
        }
    }

    @Override
    protected void doStart() {
        ending = false;
        progress = context.getRegistry().lookupByNameAndType("relay-note-progress", StageProgress.class);
        template = context.createProducerTemplate();
    }

    /** The routes have been stopped by now, and have waited for what was under way. */
    @Override
    protected void doStop() {
        crews.values().forEach(crew -> crew.threads.shutdownNow());
        crews.clear();
        template.stop();
    }
}
