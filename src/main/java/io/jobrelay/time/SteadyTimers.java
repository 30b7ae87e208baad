package io.jobrelay.time;

import io.jobrelay.protocol.FatalErrors;
import java.util.Date;
import java.util.Map;
import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.camel.component.timer.TimerComponent;
import org.apache.camel.component.timer.TimerConsumer;
import org.apache.camel.spi.ExecutorServiceManager;

/**
 * Camel's timers, by a time that never jumps. Java's own {@link Timer} goes by the machine's clock: after that was put back by an hour it fires
 * nothing for an hour. In a host under a name of their own: the timers of the host stay as they are.
 */
public final class SteadyTimers extends TimerComponent {

    private final Map<TimerConsumer, Timer> running = new ConcurrentHashMap<>();

    @Override
    public Timer getTimer(TimerConsumer consumer) {
        return running.computeIfAbsent(consumer, c -> new SteadyTimer(getCamelContext().getExecutorServiceManager(),
                getCamelContext().getExecutorServiceManager().newSingleThreadScheduledExecutor(this, "timer-" + c.getTimerName())));
    }

    @Override
    public void removeTimer(TimerConsumer consumer) {
        Timer timer = running.remove(consumer);
        if (timer != null) {
            timer.cancel();
        }
    }

    @Override
    protected void doStop() throws Exception {
        running.keySet().forEach(this::removeTimer);
        super.doStop();
    }

    private static final class SteadyTimer extends Timer {

        private final ExecutorServiceManager threads;
        private final ScheduledExecutorService thread;

        SteadyTimer(ExecutorServiceManager threads, ScheduledExecutorService thread) {
            super(true);
            super.cancel(); // its own thread goes by the machine's clock
            this.threads = threads;
            this.thread = thread;
        }

        private static void run(TimerTask task) {
            try {
                task.run();
            } catch (Throwable e) { // the future that holds it is read by nobody
                FatalErrors.see(e);
                throw e;
            }
        }

        private static long until(Date time) {
            return Math.max(0, time.getTime() - System.currentTimeMillis());
        }

        @Override
        public void schedule(TimerTask task, long delay) {
            thread.schedule(() -> run(task), delay, TimeUnit.MILLISECONDS);
        }

        @Override
        public void schedule(TimerTask task, Date time) {
            schedule(task, until(time));
        }

        @Override
        public void schedule(TimerTask task, long delay, long period) {
            thread.scheduleWithFixedDelay(() -> run(task), delay, period, TimeUnit.MILLISECONDS);
        }

        @Override
        public void schedule(TimerTask task, Date first, long period) {
            schedule(task, until(first), period);
        }

        @Override
        public void scheduleAtFixedRate(TimerTask task, long delay, long period) {
            thread.scheduleAtFixedRate(() -> run(task), delay, period, TimeUnit.MILLISECONDS);
        }

        @Override
        public void scheduleAtFixedRate(TimerTask task, Date first, long period) {
            scheduleAtFixedRate(task, until(first), period);
        }

        @Override
        public void cancel() {
            threads.shutdown(thread); // what is under way is finished
        }
    }
}
