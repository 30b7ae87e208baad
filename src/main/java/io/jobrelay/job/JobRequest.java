package io.jobrelay.job;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.uuid.NoArgGenerator;
import io.jobrelay.config.Upstream;
import io.jobrelay.protocol.HeapShare;
import io.jobrelay.protocol.Problem;
import io.jobrelay.protocol.Problem.Kind;
import io.jobrelay.protocol.StatusResource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Reads what somebody wants done: the body of {@code POST /jobs} and of a {@code *.json} file in the inbox. {@code request} and
 * {@code metadata} are cut out of the body as they stand and never bound to anything, so that no digit of them can change.
 */
public final class JobRequest {

    /** The largest body that is read, in bytes. */
    public static final int LARGEST_BODY = 20_000_000;

    private static final int LONGEST_REFERENCE = 1_000;
    private static final int LONGEST_METADATA = 1 << 20;
    private static final int LONGEST_API = 512;
    /** What a row takes in memory until it is stored, besides what it has to send. */
    private static final int ROW = 2_048;
    private static final int SHOWN_OF_A_NAME = 100;
    private static final int DECODED_AT_ONCE = 8_192;

    /** How long the API keeps a job, where it does not say. */
    public static final Duration LIFE = Duration.ofDays(7);

    /** The API's asynchronous endpoints by their last segment (reference, 1.1). */
    private static final Map<String, String> APIS = Map.of(
            "speech-to-text", "/ai/audio/v1/async/speech-to-text",
            "speaker-diarize", "/ai/audio/v1/async/speaker-diarize",
            "summarize", "/ai/text/v1/async/summarize",
            "punctuate", "/ai/text/v1/async/punctuate",
            "analyze-interaction", "/ai/insights/v1/async/analyze-interaction");
    private static final Pattern API_PATH = Pattern.compile("/ai(/(?!\\.{1,2}(/|$))[A-Za-z0-9._~-]+)+");
    private static final Pattern CONTROL = Pattern.compile("[\\p{Cntrl}\\ud800-\\udfff]");

    private final Clock clock;
    private final NoArgGenerator ids;
    private final Upstream upstream;
    private final Duration firstPoll;

    /**
     * @param clock the relay's
     * @param ids makes the relay's ids of jobs
     * @param upstream the API a tracked job is polled at
     * @param firstPoll {@code relay.poll.initial-delay}
     */
    public JobRequest(Clock clock, NoArgGenerator ids, Upstream upstream, Duration firstPoll) {
        this.clock = clock;
        this.ids = ids;
        this.upstream = upstream;
        this.firstPoll = firstPoll;
    }

    /**
     * @param json UTF-8, with or without a byte order mark
     * @param arrayAllowed whether an array of requests is taken too
     * @return a new row of {@code relay_job} for each request, in their order; at least one
     * @throws Problem 400 or 413 naming the member that is wrong, or {@code body}; then none of the requests counts
     */
    public List<Map<String, Object>> read(byte[] json, boolean arrayAllowed) {
        byte[] body = json == null ? new byte[0] // the mark is rare, and 20 MB are not copied for nothing
                : StatusResource.bomLength(json) == 0 ? json : Arrays.copyOfRange(json, StatusResource.bomLength(json), json.length);
        if (body.length > LARGEST_BODY) {
            throw Problem.member(Kind.BODY_TOO_LARGE, "body", "The body is larger than " + LARGEST_BODY + " bytes.");
        }
        if (!StatusResource.isUtf8(body)) {
            throw unreadable("The body is not UTF-8.");
        }
        List<Map<String, Object>> rows = new ArrayList<>();
        try (JsonParser parser = StatusResource.JSON.createParser(body)) {
            JsonToken first = parser.nextToken();
            if (first == JsonToken.START_ARRAY && arrayAllowed) {
                long left = HeapShare.part(8);
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    rows.add(element(parser, body, rows.size() + 1));
                    Map<String, Object> last = rows.get(rows.size() - 1);
                    left -= ROW + length(last.get("request")) + length(last.get("metadata"));
                    if (left < 0) {
                        throw unreadable("The array has more jobs than there is room for in the heap of this relay, which has for the first "
                                + rows.size() + ". Split it, or start the relay with more (-Xmx).");
                    }
                }
                if (rows.isEmpty()) {
                    throw unreadable("The array is empty: it takes at least one job.");
                }
            } else if (first == JsonToken.START_OBJECT) {
                rows.add(row(parser, body));
            } else {
                throw unreadable(first == null ? "The body is empty: it takes a JSON object." : "The body is not a JSON object.");
            }
            if (parser.nextToken() != null) {
                throw unreadable("The body goes on after its JSON has ended.");
            }
        } catch (StreamConstraintsException e) {
            throw unreadable("The body is nested deeper than " + StatusResource.DEEPEST + " levels, or has a name or a number beyond all measure.");
        } catch (IOException e) {
            throw unreadable("The body is not JSON.");
        }
        return rows;
    }

    /**
     * @param api full path of the API's endpoint
     * @param request a JSON object, sent as it stands
     * @param reference of the caller's, or null
     * @param metadata of the caller's, a JSON object as it stands, or null
     * @return a new row of {@code relay_job}, to be submitted at once
     */
    public Map<String, Object> submission(String api, String request, String reference, String metadata) {
        Map<String, Object> row = job("Queued", reference, metadata);
        row.put("api", api);
        row.put("request", request);
        row.put("next_submit_at", row.get("accepted_at"));
        return row;
    }

    /**
     * @param jobId the API's id of a job that something else submitted
     * @param reference of the caller's, or null
     * @param metadata of the caller's, a JSON object as it stands, or null
     * @return a new row of {@code relay_job}, to be polled at once; until the API says better it is taken to be kept for seven days
     */
    public Map<String, Object> tracking(String jobId, String reference, String metadata) {
        Map<String, Object> row = job("InProgress", reference, metadata);
        long now = (Long) row.get("accepted_at");
        row.put("server", upstream.server());
        row.put("job_id", jobId);
        row.put("next_poll_at", now);
        row.put("poll_delay", firstPoll.toMillis());
        row.put("expires_at", now + LIFE.toMillis());
        return row;
    }

    private Map<String, Object> job(String status, String reference, String metadata) {
        Map<String, Object> row = new HashMap<>();
        for (String column : List.of("intake", "api", "server", "request", "media", "idempotency_key", "request_sha256", "resubmit_of",
                "job_id", "next_submit_at", "next_poll_at", "expires_at")) {
            row.put(column, null);
        }
        row.put("id", ids.generate().toString());
        row.put("status", status);
        row.put("reference", reference);
        row.put("metadata", metadata);
        row.put("accepted_at", clock.millis());
        row.put("poll_delay", 0L);
        return row;
    }

    private Map<String, Object> element(JsonParser parser, byte[] body, int number) throws IOException {
        try {
            if (parser.currentToken() != JsonToken.START_OBJECT) {
                throw unreadable("It is not a JSON object.");
            }
            return row(parser, body);
        } catch (Problem p) {
            throw Problem.member(p.kind(), p.member(), "Element " + number + " of the array: " + p.getMessage());
        }
    }

    private Map<String, Object> row(JsonParser parser, byte[] body) throws IOException {
        String api = null;
        String request = null;
        String jobId = null;
        String reference = null;
        String metadata = null;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            switch (name) {
                case "api" -> api = text(parser, name, LONGEST_API);
                case "jobId" -> jobId = text(parser, name, StatusResource.LONGEST_JOB_ID);
                case "reference" -> reference = text(parser, name, LONGEST_REFERENCE);
                case "request" -> request = object(parser, body, name, LARGEST_BODY);
                case "metadata" -> metadata = object(parser, body, name, LONGEST_METADATA);
                default -> throw Problem.member(Kind.UNKNOWN_MEMBER, shown(name),
                        "The member " + shown(name) + " is unknown."
                                + " A job takes api, request, reference and metadata; or jobId, reference and metadata.");
            }
        }
        if (jobId != null) {
            if (api != null || request != null) {
                throw Problem.member(Kind.INVALID_MEMBER, "jobId",
                        "jobId tracks a job that something else submitted: it takes no api and no request beside it.");
            }
            return tracking(usable(jobId), reference, metadata);
        }
        if (api == null) {
            throw Problem.member(Kind.MISSING_MEMBER, "api", "api is missing: it takes the name or path of an endpoint of the API.");
        }
        String path = path(api);
        if (request == null) {
            throw Problem.member(Kind.MISSING_MEMBER, "request", "request is missing: it takes the JSON object that is sent to the API.");
        }
        return submission(path, request, reference, metadata);
    }

    private static String path(String api) {
        String path = APIS.getOrDefault(api, api);
        if (!API_PATH.matcher(path).matches()) {
            throw Problem.member(Kind.INVALID_MEMBER, "api", "api takes " + String.join(", ", APIS.keySet().stream().sorted().toList())
                    + ", or a full path such as /ai/audio/v1/async/speech-to-text.");
        }
        return path;
    }

    /** A jobId stands as one segment in the URL that is polled, where these would mean something else. */
    private static String usable(String jobId) {
        if (jobId.isEmpty() || jobId.equals(".") || jobId.equals("..") || jobId.chars().anyMatch(Character::isISOControl)) {
            throw Problem.member(Kind.INVALID_MEMBER, "jobId",
                    "jobId takes the API's id of a job, 1 to " + StatusResource.LONGEST_JOB_ID + " characters.");
        }
        return jobId;
    }

    private static String text(JsonParser parser, String member, int longest) throws IOException {
        if (parser.currentToken() == JsonToken.VALUE_NULL) {
            return null;
        }
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            throw invalid(member, " takes a string.");
        }
        String text = parser.getText();
        if (text.length() > longest) {
            throw invalid(member, " is too long: it takes at most " + longest + " characters.");
        }
        if (!StatusResource.storable(text)) {
            throw invalid(member, " holds a character that cannot be stored: NUL, or half of a surrogate pair.");
        }
        return text;
    }

    /** The value as it stands in the body; byte offsets, since the parser counts them and the body is valid UTF-8. */
    private static String object(JsonParser parser, byte[] body, String member, int longest) throws IOException {
        if (parser.currentToken() == JsonToken.VALUE_NULL) {
            return null;
        }
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw invalid(member, " takes a JSON object.");
        }
        int from = (int) parser.currentTokenLocation().getByteOffset();
        parser.skipChildren();
        int to = (int) parser.currentLocation().getByteOffset();
        if (to - from > longest) {
            throw invalid(member, " is too long: it takes at most " + longest + " bytes.");
        }
        return decoded(body, from, to);
    }

    /** The JDK would make an array of twice the bytes first, wherever one character is no Latin-1. */
    private static String decoded(byte[] utf8, int from, int to) {
        int characters = 0;
        for (int i = from; i < to; i++) {
            characters += (utf8[i] & 0xc0) == 0x80 ? 0 : (utf8[i] & 0xf8) == 0xf0 ? 2 : 1;
        }
        if (characters == to - from) {
            return new String(utf8, from, to - from, StandardCharsets.ISO_8859_1); // ASCII
        }
        StringBuilder text = new StringBuilder(characters);
        for (int start = from; start < to;) {
            int end = Math.min(start + DECODED_AT_ONCE, to);
            while (end < to && (utf8[end] & 0xc0) == 0x80) {
                end--; // not in the midst of a character
            }
            text.append(new String(utf8, start, end - start, StandardCharsets.UTF_8));
            start = end;
        }
        return text.toString();
    }

    private static int length(Object text) {
        return text == null ? 0 : text.toString().length();
    }

    private static Problem invalid(String member, String what) {
        return Problem.member(Kind.INVALID_MEMBER, member, member + what);
    }

    private static String shown(String name) {
        String start = name.length() > SHOWN_OF_A_NAME ? name.substring(0, SHOWN_OF_A_NAME) + "…" : name;
        return CONTROL.matcher(start).replaceAll("?");
    }

    private static Problem unreadable(String sentence) {
        return Problem.member(Kind.UNREADABLE_BODY, "body", sentence);
    }
}
