package io.jobrelay.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * The process that sends callbacks: plain sockets, one thread a connection, one request after the other on each. It is the same for the relay
 * and for every yardstick, and it lives as long as the benchmark: what it costs itself is in all figures alike, and its own warming up in none.
 */
public final class Load {

    private static final Jobs JOBS = new Jobs();
    private final int first;
    private final int jobs;
    private final long most;
    private final long nanosBetween;
    private final long windowNanos;
    private final CountDownLatch connected;
    private final CountDownLatch done;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger other = new AtomicInteger();
    private final AtomicInteger otherStatus = new AtomicInteger();
    private final List<long[]> latencies = new ArrayList<>();
    private volatile long began;

    private Load(int connections, int first, int last, int copies, double seconds, double rate) {
        this.first = first;
        this.jobs = last - first;
        this.most = (long) jobs * copies;
        this.windowNanos = (long) (seconds * 1e9);
        this.nanosBetween = rate == 0 ? 0 : (long) (1e9 / rate);
        this.connected = new CountDownLatch(connections);
        this.done = new CountDownLatch(connections);
    }

    /**
     * Reads lines of: ports, with commas; connections, spread over the ports; number of the first job and of the one after the last; how
     * often each callback is sent, all of them once before any of them again; seconds after which nothing more is sent; requests a second over all
     * connections, 0 for as many as come through. Answers each, when the last answer is there, with a line of {@link Result}. With a rate, latency
     * counts from the moment a request was due.
     *
     * @param args none
     * @throws Exception when the benchmark is gone
     */
    public static void main(String[] args) throws Exception {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] f = line.split(" ");
            int[] ports = Arrays.stream(f[0].split(",")).mapToInt(Integer::parseInt).toArray();
            int connections = Integer.parseInt(f[1]);
            Load load = new Load(connections, Integer.parseInt(f[2]), Integer.parseInt(f[3]), Integer.parseInt(f[4]), Double.parseDouble(f[5]),
                    Double.parseDouble(f[6]));
            System.out.println(load.run(ports, connections));
        }
    }

    private String run(int[] ports, int connections) throws InterruptedException {
        for (int i = 0; i < connections; i++) {
            int port = ports[i % ports.length];
            new Thread(() -> {
                try {
                    send(port);
                } catch (IOException | InterruptedException e) {
                    other.incrementAndGet();
                } finally {
                    connected.countDown();
                    done.countDown();
                }
            }).start();
        }
        done.await();
        double seconds = (System.nanoTime() - began) / 1e9;
        long[] all = latencies.stream().flatMapToLong(Arrays::stream).sorted().toArray();
        return String.format(Locale.ROOT, "%d %d %d %.4f %d %d %d", all.length, other.get(), otherStatus.get(), seconds,
                at(all, 0.5), at(all, 0.99), at(all, 1));
    }

    private static long at(long[] sorted, double share) {
        return sorted.length == 0 ? -1 : sorted[Math.min(sorted.length - 1, (int) (sorted.length * share))] / 1_000;
    }

    private void send(int port) throws IOException, InterruptedException {
        long[] mine = new long[1024];
        int n = 0;
        try (Wire wire = new Wire(port)) {
            connected.countDown();
            connected.await(); // the time to connect is nobody's latency
            begin();
            for (int turn = next.getAndIncrement(); turn < most; turn = next.getAndIncrement()) {
                long due = due(turn);
                if (due > windowNanos) {
                    break;
                }
                int status = wire.send(JOBS.request(first + turn % jobs));
                if (status != 200) {
                    otherStatus.set(status);
                    other.incrementAndGet();
                }
                if (n == mine.length) {
                    mine = Arrays.copyOf(mine, 2 * n);
                }
                mine[n++] = System.nanoTime() - began - due;
            }
        } finally {
            synchronized (latencies) {
                latencies.add(Arrays.copyOf(mine, n));
            }
        }
    }

    private synchronized void begin() {
        if (began == 0) {
            began = System.nanoTime();
        }
    }

    /** Waits for the moment this request is due, and tells it in nanoseconds since the beginning. */
    private long due(int turn) {
        long now = System.nanoTime() - began;
        if (nanosBetween == 0) {
            return now;
        }
        long due = turn * nanosBetween;
        while (now < due && due <= windowNanos) {
            LockSupport.parkNanos(due - now);
            now = System.nanoTime() - began;
        }
        return due;
    }

    /**
     * What came of one line.
     *
     * @param answers how many requests were answered
     * @param other how many of them not 200, and connections that broke
     * @param otherStatus the status of one of those; 0 when only connections broke
     * @param seconds from the first request until the last answer
     * @param p50Micros the median latency
     * @param p99Micros the latency that one of a hundred exceeds
     * @param maxMicros the longest
     */
    record Result(int answers, int other, int otherStatus, double seconds, long p50Micros, long p99Micros, long maxMicros) {

        static Result of(String line) {
            String[] f = line.split(" ");
            return new Result(Integer.parseInt(f[0]), Integer.parseInt(f[1]), Integer.parseInt(f[2]), Double.parseDouble(f[3]),
                    Long.parseLong(f[4]), Long.parseLong(f[5]), Long.parseLong(f[6]));
        }

        double perSecond() {
            return answers / seconds;
        }

        /** @return this, when every answer was 200 */
        Result orFail() {
            if (other > 0) {
                throw new IllegalStateException(other + " of " + answers + " requests were not answered 200"
                        + (otherStatus == 0 ? ", the connection broke" : ", but for instance " + otherStatus));
            }
            return this;
        }
    }
}
