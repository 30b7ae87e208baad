package io.jobrelay.api;

import io.jobrelay.client.CallLimits;
import io.jobrelay.client.CautiousExecutor;
import io.jobrelay.client.HttpClients;
import io.jobrelay.client.Proxies;
import io.jobrelay.config.Keys;
import io.jobrelay.protocol.Redaction;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLException;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.camel.support.SynchronizationAdapter;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.core5.http.HttpHeaders;

/**
 * How the API is called, and how its answers are read. A fresh connection each time: on one kept from before, a lost request cannot be told
 * from a lost answer. No retries of the HTTP client's own: every call is counted in the budget and every repeat is a decision.
 */
public final class ApiClient implements HttpClientConfigurer {

    private static final Duration LEAST_PATIENCE = Duration.ofSeconds(30);
    private static final Duration SILENCE = Duration.ofSeconds(30);
    /** A token, a jobId, or an error: what says more is none of them. */
    private static final int LARGEST_SMALL_ANSWER = 1 << 20;
    private static final int MOST_REMEMBERED = 100;
    private static final String POLL = "relay-api-poll";
    private final CamelContext context;
    private final long largestPoll;
    private final Duration patience;
    private final AnswerMemory room;
    private final Proxies proxies;
    private final Deque<Large> tooLarge = new ArrayDeque<>();

    private record Large(String call, String why, long seenAt) {
    }

    /** What the API answered cannot be used; the message is a sentence for {@code last_error}. */
    private static final class Unread extends IOException {
        Unread(String message) {
            super(message);
        }
    }

    /**
     * @param context whose TLS configuration counts
     * @param largestPoll {@code relay.poll.max-body}: the largest answer to a poll that is read, in bytes
     * @param lease {@code relay.claim.lease}: a call that takes longer than 30 s and than this is given up
     * @param room that answers to polls take in memory
     * @param proxies that lead to the API
     */
    ApiClient(CamelContext context, long largestPoll, Duration lease, AnswerMemory room, Proxies proxies) {
        this.context = context;
        this.largestPoll = largestPoll;
        this.patience = patience(lease);
        this.room = room;
        this.proxies = proxies;
    }

    /**
     * @param context whose TLS configuration counts
     * @param keys {@code relay.poll.max-body}, {@code relay.claim.lease}
     * @return the client of this process
     */
    public static ApiClient of(CamelContext context, Keys keys) {
        return new ApiClient(context, keys.size("relay.poll.max-body"), keys.duration("relay.claim.lease"), AnswerMemory.ofThisHeap(),
                Proxies.ofThisProcess());
    }

    /**
     * @param lease {@code relay.claim.lease}
     * @return how long a call may take, besides the time that sending its request needs
     */
    static Duration patience(Duration lease) {
        return lease.compareTo(LEAST_PATIENCE) > 0 ? lease : LEAST_PATIENCE;
    }

    @Override
    public void configureHttpClient(HttpClientBuilder builder) {
        HttpClients.fresh(builder, context, SILENCE, proxies);
        builder.setRedirectStrategy(new SameHostRedirects())
                .addExecInterceptorFirst("relay-answer-limits", CallLimits.whole(patience, Long.MAX_VALUE));
    }

    /**
     * Makes sure that path and query of a call go out as they were written, and that a poll may have a larger answer.
     *
     * @param exchange with the request
     */
    public void address(Exchange exchange) {
        Message message = exchange.getMessage();
        String query = message.getHeader(Exchange.HTTP_RAW_QUERY, String.class);
        String url = message.getHeader(Exchange.HTTP_URI, String.class) + (query == null ? "" : "?" + query);
        boolean poll = "GET".equals(message.getHeader(Exchange.HTTP_METHOD, String.class));
        exchange.setProperty(POLL, poll ? url : null);
        if (poll) {
            message.setHeader(HttpHeaders.ACCEPT_ENCODING, "gzip");
        }
        HttpClients.address(message, url);
    }

    /**
     * @param exchange with the API's answer, its body still on the wire; it becomes the variable {@code answer}. What a large one takes in
     *     memory is free when the exchange is done
     * @throws IOException when the API said yes, and what else it said cannot be read
     */
    public void answered(Exchange exchange) throws IOException {
        exchange.setVariable("answer", read(exchange));
    }

    private ApiAnswer read(Exchange exchange) throws IOException {
        Message message = exchange.getMessage();
        int code = message.getHeader(Exchange.HTTP_RESPONSE_CODE, 0, Integer.class);
        Map<String, Object> headers = new HashMap<>();
        message.getHeaders().forEach((name, value) -> {
            if (!name.startsWith("Camel") && !name.equalsIgnoreCase(CallLimits.CODING)) {
                headers.put(name, value);
            }
        });
        exchange.removeProperty(Exchange.CHARSET_NAME); // the answer's, and not to be used for what the relay itself writes
        ApiAnswer answer = ApiAnswer.of(code, headers, body(exchange, message, code));
        if (code == 407) {
            return ApiAnswer.none(false, "the proxy asks for another user or password (407)");
        }
        Object location = answer.headers().get(HttpHeaders.LOCATION);
        return code < 300 || code > 399 || location == null ? answer : answer.because("the API answered " + code + " and leads to "
                + Redaction.of(location.toString()) + ", where the relay does not follow: check relay.ringcentral.server-url");
    }

    private byte[] body(Exchange exchange, Message message, int code) throws IOException {
        String coding = message.getHeader(CallLimits.CODING, String.class);
        String poll = exchange.getProperty(POLL, String.class);
        boolean good = code >= 200 && code < 300;
        try (InputStream in = message.getBody(InputStream.class)) {
            if (in == null) {
                return new byte[0];
            }
            if (!good) {
                return new AnswerBody(null, null, LARGEST_SMALL_ANSWER, 0).begin(in, coding);
            }
            if (poll == null) {
                return new AnswerBody(null, null, LARGEST_SMALL_ANSWER, 0).read(in, length(message), coding);
            }
            AnswerMemory.Held held = new AnswerMemory.Held();
            exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
                @Override
                public void onDone(Exchange done) {
                    room.give(held);
                }
            });
            byte[] body = new AnswerBody(room, held, mostOfPoll(), patience.toMillis() / 2).read(in, length(message), coding);
            forget(poll);
            return body;
        } catch (AnswerBody.NoRoom e) {
            throw new Unread("the API answered " + code + ", and " + tooLarge(e, poll));
        } catch (IOException e) {
            if (!good) {
                return new byte[0];
            }
            throw new Unread("the API answered " + code + ", and its answer broke off (" + Redaction.of(e) + ")");
        } finally {
            message.setBody(null); // read once; a route that comes later would want to keep the stream for itself
        }
    }

    private long mostOfPoll() {
        return Math.min(largestPoll, room.largest() - 1);
    }

    private static long length(Message message) {
        Object length = message.getHeader("Content-Length");
        return length != null && length.toString().matches("\\d{1,15}") ? Long.parseLong(length.toString()) : -1;
    }

    private String tooLarge(AnswerBody.NoRoom e, String poll) {
        if (poll == null) {
            return "its answer is longer than the " + LARGEST_SMALL_ANSWER + " bytes that such an answer may have";
        }
        if (e.most() == 0) {
            return "there is no room for its answer in memory beside other large ones: it is asked for again";
        }
        String why = largestPoll <= room.largest() - 1
                ? "its answer is longer than relay.poll.max-body, " + largestPoll + " bytes: raise the key"
                : "its answer is longer than the " + mostOfPoll() + " bytes that the heap of this relay has room for: start it with a larger -Xmx";
        remember(poll, why);
        return why;
    }

    private void remember(String poll, String why) {
        synchronized (tooLarge) {
            tooLarge.removeIf(large -> large.call().equals(poll));
            tooLarge.addLast(new Large(poll, why, System.nanoTime()));
            if (tooLarge.size() > MOST_REMEMBERED) {
                tooLarge.removeFirst();
            }
        }
    }

    private void forget(String poll) {
        synchronized (tooLarge) {
            tooLarge.removeIf(large -> large.call().equals(poll));
        }
    }

    /** @return for health: what keeps results from being fetched; what was not seen again for a day is forgotten */
    public List<String> notices() {
        synchronized (tooLarge) {
            tooLarge.removeIf(large -> System.nanoTime() - large.seenAt() > Duration.ofDays(1).toNanos());
            return tooLarge.isEmpty() ? List.of() : List.of("The results of " + tooLarge.size() + " jobs cannot be fetched, the last one because "
                    + tooLarge.getLast().why() + ".");
        }
    }

    /**
     * @param exchange whose call failed
     * @return an answer that did not come; {@code left} is false only where no connection could be made: DNS, refused, connect timeout, TLS,
     *     a proxy that leads no further
     */
    public ApiAnswer failed(Exchange exchange) {
        Throwable failure = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t instanceof Unread) {
                return ApiAnswer.none(true, t.getMessage());
            }
            if (t instanceof CautiousExecutor.ProxyRefused) {
                return ApiAnswer.none(false, "no connection to the API could be made: " + Redaction.of(t.getMessage()));
            }
            if (t instanceof ConnectException || t instanceof ConnectTimeoutException || t instanceof UnknownHostException
                    || t instanceof NoRouteToHostException) {
                return ApiAnswer.none(false, "no connection to the API could be made (" + t.getClass().getSimpleName() + ")");
            }
            if (t instanceof SSLException && !isAfterHandshake(t)) {
                return ApiAnswer.none(false, "no secure connection to the API could be made: " + Redaction.of(t));
            }
        }
        return isSent(failure) ? ApiAnswer.none(true, "no answer came from the API (" + Redaction.of(failure) + ")")
                : ApiAnswer.none(false, "no connection to the API could be made (" + Redaction.of(failure) + ")");
    }

    private static boolean isSent(Throwable failure) {
        Throwable t = failure;
        while (t != null && !(t instanceof CautiousExecutor.NotSent)) {
            t = t.getCause();
        }
        return t == null;
    }

    /** A connection that breaks while data flows is an SSLException too; only the handshake's own kinds say that nothing was sent. */
    private static boolean isAfterHandshake(Throwable failure) {
        return failure.getClass() == SSLException.class;
    }
}
