package host;

import org.apache.camel.builder.RouteBuilder;

/** Stands in for the AI API: a token, a submit that is answered with a jobId, and a callback a moment later. */
public class StandInApi extends RouteBuilder {

    /** Where the last job calls back to. */
    static volatile String webhook;

    @Override
    public void configure() {
        from("platform-http:/restapi/oauth/token").setHeader("Content-Type", constant("application/json"))
                .setBody(constant("{\"access_token\":\"t\",\"token_type\":\"bearer\",\"expires_in\":3600}"));
        from("platform-http:/ai/text/v1/async/summarize").process(exchange -> webhook = exchange.getMessage().getHeader("webhook", String.class))
                .wireTap("seda:call-back")
                .removeHeaders("*").setHeader("CamelHttpResponseCode", constant(202)).setBody(constant("{\"jobId\":\"job-1\"}"));
        from("seda:call-back").removeHeaders("*")
                .setBody(constant("{\"jobId\":\"job-1\",\"status\":\"Success\",\"response\":{\"summary\":\"Grüße\"}}"))
                .process(exchange -> exchange.getMessage().setHeader("CamelHttpUri", webhook)).to("http:call-back");
    }
}
