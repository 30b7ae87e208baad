package io.jobrelay.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import java.util.function.IntSupplier;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DataIntegrityViolationException;

/** Who comes alone is written at once; who comes while others are being written goes with the next group; each learns what came of it. */
class GroupCommitTest {

    private final DefaultCamelContext context = new DefaultCamelContext();
    private final ExecutorService senders = Executors.newCachedThreadPool();
    private final List<List<?>> groups = new CopyOnWriteArrayList<>();
    private final List<Thread> writers = new CopyOnWriteArrayList<>();
    private final ExecutorService pool = Executors.newCachedThreadPool();
    private final StoreWorkers workers = new StoreWorkers(pool);
    private final List<Integer> told = new CopyOnWriteArrayList<>();
    private final Semaphore entered = new Semaphore(0);
    private volatile CountDownLatch gate = new CountDownLatch(0);
    private volatile Consumer<IntSupplier> company = waiting -> { };
    private volatile Exception failure;
    private volatile IntPredicate failing = n -> true;

    @BeforeEach
    void start() throws Exception {
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from("direct:write").process(exchange -> {
                    writers.add(Thread.currentThread());
                    groups.add(new ArrayList<>(exchange.getMessage().getBody(List.class)));
                    entered.release();
                    gate.await();
                    if (failure != null && exchange.getMessage().getBody(List.class).stream().anyMatch(row -> failing.test((int) ((Map<?, ?>) row).get("n")))) {
                        throw failure;
                    }
                });
            }
        });
        context.start();
    }

    @AfterEach
    void stop() {
        gate.countDown();
        senders.shutdownNow();
        pool.shutdownNow();
        context.stop();
    }

    private GroupCommit group(int capacity, long patienceMillis) throws Exception {
        return group(capacity, patienceMillis, TimeUnit.HOURS.toMillis(1));
    }

    private GroupCommit group(int capacity, long patienceMillis, long longMillis) throws Exception {
        GroupCommit group = new GroupCommit(context, "write", capacity, exchange -> patienceMillis, waiting -> company.accept(waiting), told::add,
                nanos -> { }, workers, longMillis);
        context.addService(group);
        return group;
    }

    private CompletableFuture<Void> send(GroupCommit group, int n) {
        return CompletableFuture.runAsync(() -> {
            Exchange exchange = new DefaultExchange(context);
            exchange.getMessage().setBody(Map.of("n", n));
            try {
                group.process(exchange);
            } catch (Exception e) {
                throw new CompletionException(e);
            }
            if (exchange.getException() != null) {
                throw new CompletionException(exchange.getException());
            }
        }, senders);
    }

    @Test
    void what_waits_while_a_group_is_written_is_the_next_group() throws Exception {
        List<CompletableFuture<Void>> sent = sendTogether(20);
        CompletableFuture.allOf(sent.toArray(CompletableFuture[]::new)).get(30, TimeUnit.SECONDS);
        assertThat(groups).extracting(List::size).containsExactly(1, 20);
        assertThat(told).containsExactly(1, 20);
    }

    @Test
    void a_group_begins_when_it_may_and_takes_all_who_have_come_until_then() throws Exception {
        CountDownLatch taken = new CountDownLatch(1);
        CountDownLatch soon = new CountDownLatch(1);
        List<Integer> counted = new CopyOnWriteArrayList<>();
        company = waiting -> {
            taken.countDown();
            try {
                soon.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            counted.add(waiting.getAsInt());
        };
        GroupCommit group = group(100, 30_000);
        List<CompletableFuture<Void>> sent = new ArrayList<>();
        for (int n = 1; n <= 3; n++) {
            sent.add(send(group, n));
        }
        taken.await();
        while (group.waiting() < 2) {
            TimeUnit.MILLISECONDS.sleep(1);
        }
        assertThat(groups).isEmpty();
        soon.countDown();
        CompletableFuture.allOf(sent.toArray(CompletableFuture[]::new)).get(30, TimeUnit.SECONDS);
        assertThat(groups).extracting(List::size).containsExactly(3);
        assertThat(counted).containsExactly(3);
    }

    @Test
    void a_worker_that_comes_alone_writes_by_itself_and_goes_on_when_the_next_may_begin() throws Exception {
        GroupCommit group = group(100, 30_000);
        CompletableFuture<List<Thread>> wentOn = new CompletableFuture<>();
        workers.execute(() -> {
            Exchange exchange = new DefaultExchange(context);
            exchange.getMessage().setBody(Map.of("n", 1));
            Thread worker = Thread.currentThread();
            group.process(exchange, doneSync -> {
                send(group, 2).join();
                wentOn.complete(List.of(worker, Thread.currentThread()));
            });
        });
        List<Thread> threads = wentOn.get(30, TimeUnit.SECONDS);
        assertThat(threads.get(1)).isEqualTo(threads.get(0)).isEqualTo(writers.get(0));
        assertThat(groups).hasToString("[[{n=1}], [{n=2}]]");
        assertThat(writers.get(1)).as("of one that is no worker").extracting(Thread::getName).isEqualTo("relay-write");
    }

    @Test
    void a_worker_whom_the_database_holds_leaves_his_caller_to_another() throws Exception {
        gate = new CountDownLatch(1);
        GroupCommit group = group(100, 50);
        CompletableFuture<Exception> told = new CompletableFuture<>();
        workers.execute(() -> {
            Exchange exchange = new DefaultExchange(context);
            exchange.getMessage().setBody(Map.of("n", 1));
            group.process(exchange, doneSync -> told.complete(exchange.getException()));
        });
        assertThat(told.get(30, TimeUnit.SECONDS)).isInstanceOf(TimeoutException.class);
        gate.countDown();
        send(group, 2).get(30, TimeUnit.SECONDS);
    }

    @Test
    void a_group_that_fails_fails_for_each_of_it_and_for_no_other() throws Exception {
        GroupCommit group = group(100, 30_000);
        failure = new IllegalStateException("the disk is full");
        assertThatThrownBy(() -> send(group, 1).get(30, TimeUnit.SECONDS)).isInstanceOf(ExecutionException.class).hasRootCause(failure);
        failure = null;
        send(group, 2).get(30, TimeUnit.SECONDS);
    }

    @Test
    void a_row_that_the_database_refuses_fails_none_of_its_group_but_itself() throws Exception {
        failure = new DataIntegrityViolationException("22P05");
        failing = n -> n == 2;
        List<CompletableFuture<Void>> sent = sendTogether(3);
        sent.get(1).get(30, TimeUnit.SECONDS);
        sent.get(3).get(30, TimeUnit.SECONDS);
        assertThatThrownBy(() -> sent.get(2).get(30, TimeUnit.SECONDS)).hasRootCause(failure);
        assertThat(groups).extracting(List::size).containsExactly(1, 3, 1, 1, 1);
    }

    @Test
    void a_database_that_is_away_is_not_asked_for_each_row() throws Exception {
        failure = new DataAccessResourceFailureException("no connection");
        failing = n -> n > 0;
        List<CompletableFuture<Void>> sent = sendTogether(3);
        assertThatThrownBy(() -> sent.get(3).get(30, TimeUnit.SECONDS)).hasRootCause(failure);
        assertThat(groups).extracting(List::size).containsExactly(1, 3);
    }

    /** @return the first, and as many that came while it was being written */
    private List<CompletableFuture<Void>> sendTogether(int more) throws Exception {
        gate = new CountDownLatch(1);
        GroupCommit group = group(100, 30_000);
        List<CompletableFuture<Void>> sent = new ArrayList<>(List.of(send(group, 0)));
        entered.acquire();
        for (int n = 1; n <= more; n++) {
            sent.add(send(group, n));
        }
        while (group.waiting() < more) {
            TimeUnit.MILLISECONDS.sleep(1);
        }
        gate.countDown();
        return sent;
    }

    @Test
    void a_group_that_takes_long_does_not_hold_up_the_next_and_so_on_up_to_four() throws Exception {
        gate = new CountDownLatch(1);
        GroupCommit group = group(100, 30_000, 10);
        List<CompletableFuture<Void>> sent = new ArrayList<>();
        for (int n = 0; n < 4; n++) {
            sent.add(send(group, n));
            entered.acquire();
        }
        assertThat(groups).as("all under way").extracting(List::size).containsExactly(1, 1, 1, 1);
        sent.add(send(group, 4));
        sent.add(send(group, 5));
        while (group.waiting() < 1) { // the writer has taken one of them and has no turn
            TimeUnit.MILLISECONDS.sleep(1);
        }
        assertThat(entered.tryAcquire(200, TimeUnit.MILLISECONDS)).as("a fifth").isFalse();
        gate.countDown();
        CompletableFuture.allOf(sent.toArray(CompletableFuture[]::new)).get(30, TimeUnit.SECONDS);
        assertThat(groups).extracting(List::size).containsExactly(1, 1, 1, 1, 2);
        send(group, 6).get(30, TimeUnit.SECONDS);
        assertThat(groups).as("one at a time again").hasSize(6);
    }

    @Test
    void a_worker_that_takes_long_leaves_the_turn_to_the_writer() throws Exception {
        gate = new CountDownLatch(1);
        GroupCommit group = group(100, 30_000, 10);
        CompletableFuture<Void> first = new CompletableFuture<>();
        workers.execute(() -> {
            Exchange exchange = new DefaultExchange(context);
            exchange.getMessage().setBody(Map.of("n", 1));
            group.process(exchange, doneSync -> first.complete(null));
        });
        entered.acquire();
        CompletableFuture<Void> second = send(group, 2);
        entered.acquire();
        gate.countDown();
        first.get(30, TimeUnit.SECONDS);
        second.get(30, TimeUnit.SECONDS);
        assertThat(groups).hasToString("[[{n=1}], [{n=2}]]");
    }

    @Test
    void who_has_waited_long_enough_is_told_so_and_is_not_written_later() throws Exception {
        gate = new CountDownLatch(1);
        GroupCommit group = group(100, 50);
        CompletableFuture<Void> first = send(group, 1);
        entered.acquire();
        assertThatThrownBy(() -> send(group, 2).get(30, TimeUnit.SECONDS)).hasRootCauseInstanceOf(TimeoutException.class);
        assertThatThrownBy(() -> first.get(30, TimeUnit.SECONDS)).hasRootCauseInstanceOf(TimeoutException.class);
        gate.countDown();
        send(group, 3).get(30, TimeUnit.SECONDS);
        assertThat(groups).hasToString("[[{n=1}], [{n=3}]]");
    }

    @Test
    void nobody_holds_a_thread_while_he_waits() throws Exception {
        gate = new CountDownLatch(1);
        GroupCommit group = group(100, 30_000);
        List<CompletableFuture<Exchange>> waiting = new ArrayList<>();
        for (int n = 1; n <= 3; n++) { // all on this thread
            Exchange exchange = new DefaultExchange(context);
            exchange.getMessage().setBody(Map.of("n", n));
            waiting.add(group.processAsync(exchange));
        }
        assertThat(waiting).noneMatch(CompletableFuture::isDone);
        gate.countDown();
        for (CompletableFuture<Exchange> each : waiting) {
            assertThat(each.get(30, TimeUnit.SECONDS).getException()).isNull();
        }
    }

    @Test
    void more_than_may_wait_are_refused_at_once() throws Exception {
        gate = new CountDownLatch(1);
        GroupCommit group = group(1, 30_000);
        send(group, 1);
        entered.acquire();
        send(group, 2);
        while (group.waiting() < 1) {
            TimeUnit.MILLISECONDS.sleep(1);
        }
        assertThatThrownBy(() -> send(group, 3).get(30, TimeUnit.SECONDS)).hasRootCauseInstanceOf(IllegalStateException.class);
    }
}
