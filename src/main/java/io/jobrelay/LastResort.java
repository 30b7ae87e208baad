package io.jobrelay;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.core.AppenderBase;
import io.jobrelay.flow.WorkInHand;
import io.jobrelay.protocol.FatalErrors;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionHandler;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.MainListener;
import org.apache.camel.main.MainListenerSupport;
import org.apache.camel.spi.CamelEvent;
import org.apache.camel.spi.CamelEvent.ExchangeEvent;
import org.apache.camel.spi.ThreadPoolProfile;
import org.apache.camel.support.DefaultThreadPoolFactory;
import org.apache.camel.support.EventNotifierSupport;
import org.apache.camel.util.concurrent.RejectableScheduledThreadPoolExecutor;
import org.apache.camel.util.concurrent.SizedScheduledExecutorService;
import org.slf4j.LoggerFactory;

/**
 * Ends the process where nothing else would. When stopping takes longer than promised, whatever holds it up; and when an {@link Error} has
 * reached the top of a thread, an error handler of Camel's, or the log of a library that has caught it and goes on: a relay that lives on half
 * dead would say that it is well. Nothing is lost by that: what was not finished is due again when its claim ends, as after any crash.
 */
final class LastResort {

    /** What Java itself ends with under {@code -XX:+ExitOnOutOfMemoryError}, which does not see all of them. */
    static final int ERROR = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(9);
    private static final int STOPPED_BY_SIGTERM = 128 + 15;

    private final AtomicBoolean ending = new AtomicBoolean();
    private volatile boolean stopping;
    private volatile CamelContext context;

    private LastResort() {
    }

    /**
     * From now on, a signal that stops the process does so within ten seconds, and an Error ends it.
     *
     * @return what has to listen to each {@link Main} that is started
     */
    static LastResort install() {
        LastResort last = new LastResort();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            last.stopping = true;
            Thread watch = new Thread(LastResort::watch, "relay-last-resort");
            watch.setDaemon(true);
            watch.start();
        }, "relay-stop"));
        FatalErrors.install(last::end);
        Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> {
            FatalErrors.see(failure);
            LoggerFactory.getLogger(LastResort.class).warn("{} ended by what nobody had expected", thread.getName(), failure);
        });
        return last;
    }

    /** @return to be added to a Main that is not started yet */
    MainListener listening() {
        return new Listening();
    }

    private static void watch() {
        try {
            Thread.sleep(PATIENCE.toMillis());
        } catch (InterruptedException e) {
            return;
        }
        System.err.println("The relay did not finish what was under way in time; it is taken up again at the next start.");
        Runtime.getRuntime().halt(STOPPED_BY_SIGTERM);
    }

    /** Without a stop: the next thing that needs memory, or a lock that a dead thread holds, would hold it up. */
    private void end(String reason) {
        if (stopping || !ending.compareAndSet(false, true)) {
            return;
        }
        try {
            CamelContext relay = context;
            WorkInHand inHand = relay == null ? null : relay.getRegistry().lookupByNameAndType("relay-in-hand", WorkInHand.class);
            if (inHand != null) {
                inHand.ended();
            }
            System.err.println("The relay ends with exit status " + ERROR + ", for its supervisor to start it again: " + reason + " (thread "
                    + Thread.currentThread().getName() + "). What was not finished is taken up then.");
        } finally {
            Runtime.getRuntime().halt(ERROR);
        }
    }

    /** Hooks into what catches an Error and goes on. */
    private final class Listening extends MainListenerSupport {

        @Override
        public void beforeConfigure(BaseMainSupport main) {
            context = main.getCamelContext();
            context.getManagementStrategy().addEventNotifier(new Failures());
            context.getExecutorServiceManager().setThreadPoolFactory(new Pools());
        }

        /** Before it, a route file that needs what is not there is told of as an Error, and another start goes on without it. */
        @Override
        public void afterStart(BaseMainSupport main) {
            Logged logged = new Logged();
            Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
            logged.setContext(root.getLoggerContext());
            logged.start();
            root.addAppender(logged);
        }

        @Override
        public void beforeStart(BaseMainSupport main) {
            Vertx vertx = main.getCamelContext().getRegistry().lookupByNameAndType("relay-vertx", Vertx.class);
            if (vertx != null) {
                vertx.exceptionHandler(failure -> {
                    FatalErrors.see(failure);
                    LoggerFactory.getLogger(LastResort.class).warn("A task of the HTTP server failed", failure);
                });
            }
        }
    }

    /** What is run again and again is not any more after an Error, and nobody asks for what became of it. As Camel makes them, but for that. */
    private static final class Pools extends DefaultThreadPoolFactory {

        @Override
        public ScheduledExecutorService newScheduledThreadPool(ThreadPoolProfile profile, ThreadFactory threads) {
            RejectedExecutionHandler rejected = profile.getRejectedExecutionHandler();
            ScheduledThreadPoolExecutor pool = new RejectableScheduledThreadPoolExecutor(profile.getPoolSize(), threads,
                    rejected == null ? new ThreadPoolExecutor.CallerRunsPolicy() : rejected) {
                @Override
                protected void afterExecute(Runnable task, Throwable failure) {
                    super.afterExecute(task, failure);
                    if (task instanceof Future<?> done && done.isDone() && !done.isCancelled()) {
                        try {
                            done.get();
                        } catch (ExecutionException e) {
                            FatalErrors.see(e);
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                    }
                }
            };
            pool.setRemoveOnCancelPolicy(true);
            return profile.getMaxPoolSize() > 0 ? new SizedScheduledExecutorService(pool, profile.getMaxQueueSize()) : pool;
        }
    }

    /** What Camel's error handlers are given, whatever a route then makes of it; nothing else is listened to. */
    private static final class Failures extends EventNotifierSupport {

        Failures() {
            setIgnoreCamelContextEvents(true);
            setIgnoreCamelContextInitEvents(true);
            setIgnoreRouteEvents(true);
            setIgnoreServiceEvents(true);
            setIgnoreStepEvents(true);
            setIgnoreExchangeCreatedEvent(true);
            setIgnoreExchangeCompletedEvent(true);
            setIgnoreExchangeSendingEvents(true);
            setIgnoreExchangeSentEvents(true);
            setIgnoreExchangeAsyncProcessingStartedEvents(true);
        }

        @Override
        public void notify(CamelEvent event) {
            if (event instanceof ExchangeEvent of) {
                Exchange exchange = of.getExchange();
                FatalErrors.see(exchange.getException());
                FatalErrors.see(exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class));
            }
        }
    }

    /** What a library has caught at the top of a thread of its own and only tells the log. */
    private static final class Logged extends AppenderBase<ILoggingEvent> {

        @Override
        protected void append(ILoggingEvent event) {
            if (event.getLevel().isGreaterOrEqual(Level.WARN) && event.getThrowableProxy() instanceof ThrowableProxy proxy) {
                Throwable failure = proxy.getThrowable();
                if (event.getLevel() == Level.ERROR || FatalErrors.in(failure).filter(VirtualMachineError.class::isInstance).isPresent()) {
                    FatalErrors.see(failure);
                }
            }
        }
    }
}
