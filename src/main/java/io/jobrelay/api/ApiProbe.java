package io.jobrelay.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jobrelay.config.Upstream;
import io.jobrelay.protocol.Redaction;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;

/** Asks the API for a token of its own, by the route that makes every call, to see whether the credentials are good; the token is thrown away. */
public final class ApiProbe {

    private static final ObjectMapper JSON = new ObjectMapper();
    private final CamelContext context;
    private final AccessToken token;
    private final Clock clock;

    /**
     * What came of it.
     *
     * @param refused a sentence that says why there is no token and what to do; null when there is one
     * @param scope of the app, as the API lists them; null when it does not
     * @param skew how far this machine's clock is ahead of the API's; null when it does not tell the time
     */
    public record Answer(String refused, String scope, Duration skew) {
    }

    /**
     * @param context that holds {@code direct:api-call}
     * @param upstream whose credentials are used
     * @param clock the relay's
     */
    public ApiProbe(CamelContext context, Upstream upstream, Clock clock) {
        this.context = context;
        this.token = new AccessToken(upstream, clock);
        this.clock = clock;
    }

    /** @return what the API says to a token request made now; it does not count in the budget of submits and polls */
    public Answer ask() {
        try (ProducerTemplate template = context.createProducerTemplate()) {
            Exchange done = template.send("direct:api-call", exchange -> token.ask(exchange.getMessage()));
            ApiAnswer answer = done.getVariable("answer", ApiAnswer.class);
            if (answer == null) {
                return new Answer("The API could not be asked: " + Redaction.of(done.getException()), null, null);
            }
            if (answer.code() == 0) {
                return new Answer(answer.summary() + ": check relay.ringcentral.server-url, DNS and proxies.", null, null);
            }
            Map<String, Object> read = token.read(answer);
            return new Answer((String) read.get("token_error"), scope(answer), skew(answer));
        } catch (IOException e) {
            return new Answer(Redaction.of(e), null, null);
        }
    }

    private static String scope(ApiAnswer answer) {
        try {
            JsonNode scope = JSON.readTree(answer.body()).path("scope");
            return scope.isTextual() ? scope.textValue() : null;
        } catch (IOException e) {
            return null;
        }
    }

    private Duration skew(ApiAnswer answer) {
        return answer.date(clock).map(date -> Duration.between(date, clock.instant())).orElse(null);
    }
}
