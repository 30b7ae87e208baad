package io.jobrelay.bench;

import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.util.function.LongSupplier;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/** Looks into the heap of another process of this user. */
final class HeapProbe implements AutoCloseable {

    private final JMXConnector connector;
    private final MemoryMXBean memory;

    HeapProbe(App app) throws Exception {
        VirtualMachine machine = VirtualMachine.attach(String.valueOf(app.pid()));
        try {
            connector = JMXConnectorFactory.connect(new JMXServiceURL(machine.startLocalManagementAgent()));
        } finally {
            machine.detach();
        }
        memory = ManagementFactory.getPlatformMXBean(connector.getMBeanServerConnection(), MemoryMXBean.class);
    }

    /** @return bytes that are in use after a collection */
    long live() {
        memory.gc();
        return used();
    }

    /** @return bytes in use now, garbage included */
    long used() {
        return memory.getHeapMemoryUsage().getUsed();
    }

    /**
     * @param look {@link #used} or {@link #live}
     * @param pauseMillis between two looks
     * @param action during which is looked, in a thread of its own
     * @return the most that was seen
     */
    static long most(LongSupplier look, long pauseMillis, Action action) throws Exception {
        Watch watch = new Watch(look, pauseMillis);
        watch.start();
        try {
            action.run();
        } finally {
            watch.ended = true;
            watch.join();
        }
        return watch.most;
    }

    /** Something that takes memory. */
    interface Action {
        void run() throws Exception;
    }

    private static final class Watch extends Thread {

        private final LongSupplier look;
        private final long pauseMillis;
        private volatile boolean ended;
        private volatile long most;

        Watch(LongSupplier look, long pauseMillis) {
            this.look = look;
            this.pauseMillis = pauseMillis;
        }

        @Override
        public void run() {
            while (!ended) {
                most = Math.max(most, look.getAsLong());
                Pause.millis(pauseMillis);
            }
        }
    }

    @Override
    public void close() throws IOException {
        connector.close();
    }
}
