package io.jobrelay.sandbox;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/** A request that the sandbox refuses, in the words the API would use. The message never repeats a value of the request. */
public class SandboxError extends RuntimeException {

    private final int status;
    private final ObjectNode body;
    private final Map<String, String> headers;

    private SandboxError(int status, String message, ObjectNode body, Map<String, String> headers) {
        super(message);
        this.status = status;
        this.body = body;
        this.headers = headers;
    }

    /**
     * A bad request, as the AI endpoints answer it: a {@code CaiErrorResponse}, which has no members but {@code errors}. CAI-101 is the one
     * code whose meaning is public.
     *
     * @param parameter that is wrong; null when it is the body as a whole
     * @param sentence what is wrong with it and what it takes
     * @return 400
     */
    public static SandboxError invalid(String parameter, String sentence) {
        return new SandboxError(400, sentence, cai(parameter, sentence), Map.of());
    }

    /**
     * @param parameter that names what is not there
     * @param sentence which says so
     * @return 404 with a {@code CaiErrorResponse}
     */
    public static SandboxError missing(String parameter, String sentence) {
        return new SandboxError(404, sentence, cai(parameter, sentence), Map.of());
    }

    /**
     * An error of the gateway before the endpoints: code and message at the top, and again in {@code errors}.
     *
     * @param status of the answer
     * @param code such as {@code AGW-402}
     * @param sentence for the caller
     * @return the error
     */
    public static SandboxError platform(int status, String code, String sentence) {
        return new SandboxError(status, sentence, platformBody(code, sentence),
                status == 401 ? Map.of("WWW-Authenticate", "Bearer realm=\"RC Sandbox\"") : Map.of());
    }

    /**
     * A request for a token that lacks what the server needs (RFC 6749, 5.2, with the platform's members beside the standard's).
     *
     * @param error such as {@code invalid_request}
     * @param parameter of the form that is wrong; null when it is the form as a whole
     * @param sentence what is wrong with it
     * @return 400
     */
    public static SandboxError oauth(String error, String parameter, String sentence) {
        ObjectNode body = oauthBody(error, "CMN-101", sentence);
        if (parameter != null) {
            ((ObjectNode) body.path("errors").get(0)).put("parameterName", parameter);
        }
        return new SandboxError(400, sentence, body, Map.of());
    }

    /**
     * @param sentence that says how a client shows who it is
     * @return 401 of the token endpoint
     */
    public static SandboxError noClient(String sentence) {
        return new SandboxError(401, sentence, oauthBody("invalid_client", "OAU-153", sentence),
                Map.of("WWW-Authenticate", "Basic realm=\"RC Sandbox\""));
    }

    private static ObjectNode oauthBody(String error, String code, String sentence) {
        ObjectNode body = JsonNodeFactory.instance.objectNode().put("error", error).put("error_description", sentence);
        body.setAll(platformBody(code, sentence));
        return body;
    }

    /**
     * @param parameter that is wrong, or null
     * @param sentence what is wrong
     * @return a {@code CaiErrorResponse}, which is also the {@code response} of a job that failed
     */
    static ObjectNode cai(String parameter, String sentence) {
        ObjectNode error = JsonNodeFactory.instance.objectNode().put("errorCode", "CAI-101").put("message", sentence);
        if (parameter != null) {
            error.put("parameterName", parameter);
        }
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.putArray("errors").add(error);
        return body;
    }

    /**
     * @param code of the platform
     * @param sentence for the caller
     * @return an error body of the platform
     */
    static ObjectNode platformBody(String code, String sentence) {
        ObjectNode body = JsonNodeFactory.instance.objectNode().put("errorCode", code).put("message", sentence);
        body.putArray("errors").addObject().put("errorCode", code).put("message", sentence);
        return body;
    }

    /** @return the HTTP status to answer with */
    public int status() {
        return status;
    }

    /** @return the body to answer with, a JSON object */
    public ObjectNode body() {
        return body;
    }

    /** @return headers that belong to this answer alone */
    public Map<String, String> headers() {
        return headers;
    }
}
