package io.jobrelay.port;

import io.jobrelay.pool.DatabaseTrouble;
import io.jobrelay.protocol.JsonAnswer;
import io.jobrelay.protocol.Problem;
import io.jobrelay.protocol.Redaction;
import io.jobrelay.webhook.PublicUrl;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.function.Consumer;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.InvalidDataAccessResourceUsageException;
import org.springframework.transaction.TransactionException;

/**
 * Answers what could not be done with {@code application/problem+json} (RFC 9457), and tells the caller's mistakes from the relay's own.
 */
public final class ProblemAnswer {

    /** The media type of a problem. */
    public static final String MEDIA_TYPE = "application/problem+json";

    /** How long a caller waits before it comes again while the database is away, in seconds. */
    public static final String RETRY_AFTER = "5";

    private static final Logger LOG = LoggerFactory.getLogger(ProblemAnswer.class);
    private final Consumer<Throwable> seen;

    /** As RFC 9457 has it. */
    private record Shown(String type, String title, int status, String detail, String member, String parameter) {
    }

    /** @param seen is shown each failure of the database */
    public ProblemAnswer(Consumer<Throwable> seen) {
        this.seen = seen;
    }

    /**
     * Turns a failed exchange into an answer.
     *
     * @param exchange whose exception was caught; its message is replaced
     */
    public void answer(Exchange exchange) {
        Problem problem = of(exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class), exchange.getFromRouteId());
        Message message = exchange.getMessage();
        message.removeHeaders("*");
        message.setHeader(Exchange.HTTP_RESPONSE_CODE, problem.status());
        message.setHeader(Exchange.CONTENT_TYPE, MEDIA_TYPE);
        JsonAnswer.HEADERS.forEach(message::setHeader);
        if (problem.status() == 503) {
            message.setHeader("Retry-After", RETRY_AFTER);
        }
        message.setBody(json(problem));
    }

    /**
     * @param problem to show
     * @return it as RFC 9457 has it, in UTF-8, with {@code member} or {@code parameter} where one is named
     */
    public static byte[] json(Problem problem) {
        Problem.Kind kind = problem.kind();
        return JsonAnswer.of(new Shown(kind == null ? "about:blank" : kind.type(), kind == null ? "The request cannot be answered" : kind.title(),
                problem.status(), problem.getMessage(), problem.member(), problem.parameter())).getBytes(StandardCharsets.UTF_8);
    }

    private Problem of(Throwable failure, String where) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t instanceof Problem problem) {
                return problem;
            }
            if (t instanceof PublicUrl.Unusable unusable) {
                String sentence = unusable.getMessage();
                return new Problem(Problem.Kind.NO_PUBLIC_URL,
                        sentence.contains("relay.public-url") ? sentence : sentence + " Set relay.public-url.");
            }
            if (t instanceof DataIntegrityViolationException
                    || t instanceof InvalidDataAccessResourceUsageException && DatabaseTrouble.known(t).isEmpty()) {
                break; // the database is there and will say the same again
            }
            if (t instanceof DataAccessException || t instanceof TransactionException || t instanceof SQLException) {
                seen.accept(failure);
                LOG.warn("{} was answered 503: {}", where, DatabaseTrouble.told(failure));
                return new Problem(Problem.Kind.DATABASE_AWAY, "The database did not answer."
                        + " Send the request again in a moment, with the same Idempotency-Key where it makes a job.");
            }
        }
        LOG.error("{} was answered 500: {}", where, failure == null ? "no reason was given" : Redaction.of(failure));
        return new Problem(Problem.Kind.INTERNAL, "The relay could not do this, by a fault of its own. Its log says more.");
    }
}
