package io.jobrelay.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Checks a submit as RingCentral's OpenAPI describes it: required members, types, enumerations. Members it does not know are no errors.
 * {@code contentUri} is optional there, but nothing works without it.
 */
final class RequestCheck {

    /** The five endpoints, by the last word of their path. */
    static final Map<String, String> APIS = apis();

    private static final List<String> ENCODINGS = List.of("Mpeg", "Mp4", "Wav", "Webm", "Webp", "Aac", "Avi", "Ogg");
    private static final List<String> AUDIO_TYPES = List.of("CallCenter", "Meeting", "EarningsCalls", "Interview", "PressConference",
            "Voicemail");
    private static final List<String> SUMMARIES = List.of("Extractive", "AbstractiveShort", "AbstractiveLong", "AbstractiveAll", "All");
    private static final List<String> INSIGHTS = List.of("All", "KeyPhrases", "AbstractiveSummaryLong", "AbstractiveSummaryShort",
            "ExtractiveSummary", "Topics", "TalkToListenRatio", "Pace", "QuestionsAsked");

    private RequestCheck() {
    }

    private static Map<String, String> apis() {
        Map<String, String> apis = new LinkedHashMap<>();
        apis.put("speech-to-text", "/ai/audio/v1/async/speech-to-text");
        apis.put("speaker-diarize", "/ai/audio/v1/async/speaker-diarize");
        apis.put("summarize", "/ai/text/v1/async/summarize");
        apis.put("punctuate", "/ai/text/v1/async/punctuate");
        apis.put("analyze-interaction", "/ai/insights/v1/async/analyze-interaction");
        return apis;
    }

    /**
     * @param task such as {@code speech-to-text}
     * @param request a JSON object
     * @throws SandboxError 400 naming the first member that is wrong
     */
    static void check(String task, JsonNode request) {
        switch (task) {
            case "summarize" -> {
                oneOf(request, "summaryType", true, SUMMARIES);
                each(request, "utterances", true, "objects with speakerId, text, start and end", JsonNode::isObject);
                int i = 0;
                for (JsonNode utterance : request.path("utterances")) {
                    String at = "utterances[" + i++ + "].";
                    require(utterance, "speakerId", at, "a string", JsonNode::isTextual);
                    require(utterance, "text", at, "a string", JsonNode::isTextual);
                    require(utterance, "start", at, "a number of seconds", JsonNode::isNumber);
                    require(utterance, "end", at, "a number of seconds", JsonNode::isNumber);
                }
            }
            case "punctuate" -> each(request, "texts", true, "strings", JsonNode::isTextual);
            default -> audio(task, request);
        }
    }

    private static void audio(String task, JsonNode request) {
        JsonNode uri = request.path("contentUri");
        if (!uri.isTextual() || uri(uri.textValue()) == null) {
            throw invalid("contentUri", "a URI from which the media can be fetched");
        }
        oneOf(request, "encoding", true, ENCODINGS);
        require(request, "languageCode", "", "a language such as en-US", JsonNode::isTextual);
        oneOf(request, "audioType", false, AUDIO_TYPES);
        optional(request, "source", "a string", JsonNode::isTextual);
        optional(request, "separateSpeakerPerChannel", "true or false", JsonNode::isBoolean);
        optional(request, "speakerCount", "a whole number", JsonNode::isInt);
        optional(request, "enableVoiceActivityDetection", "true or false", JsonNode::isBoolean);
        if (task.equals("speech-to-text")) {
            optional(request, "enablePunctuation", "true or false", JsonNode::isBoolean);
            optional(request, "enableSpeakerDiarization", "true or false", JsonNode::isBoolean);
        }
        if (task.equals("analyze-interaction")) {
            each(request, "insights", false, "any of " + String.join(", ", INSIGHTS),
                    n -> n.isTextual() && INSIGHTS.contains(n.textValue()));
        }
        if (!task.equals("speaker-diarize")) {
            each(request, "speechContexts", false, "objects with phrases, an array of strings", RequestCheck::isSpeechContext);
        }
    }

    /**
     * @param text that may be a URI
     * @return it, absolute, with a host where it is HTTP; null when it is none
     */
    static URI uri(String text) {
        try {
            URI uri = new URI(text);
            boolean http = "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
            return !uri.isAbsolute() || http && uri.getHost() == null ? null : uri;
        } catch (URISyntaxException e) {
            return null;
        }
    }

    private static boolean isSpeechContext(JsonNode context) {
        if (!context.path("phrases").isArray()) {
            return false;
        }
        for (JsonNode phrase : context.path("phrases")) {
            if (!phrase.isTextual()) {
                return false;
            }
        }
        return true;
    }

    private static void oneOf(JsonNode request, String name, boolean required, List<String> words) {
        Predicate<JsonNode> known = n -> n.isTextual() && words.contains(n.textValue());
        String takes = "one of " + String.join(", ", words);
        if (required) {
            require(request, name, "", takes, known);
        } else {
            optional(request, name, takes, known);
        }
    }

    private static void each(JsonNode request, String name, boolean required, String takes, Predicate<JsonNode> element) {
        JsonNode array = request.path(name);
        if (!required && (array.isMissingNode() || array.isNull())) {
            return;
        }
        if (!array.isArray()) {
            throw invalid(name, "an array of " + takes);
        }
        for (JsonNode value : array) {
            if (!element.test(value)) {
                throw invalid(name, "an array of " + takes);
            }
        }
    }

    private static void optional(JsonNode object, String name, String takes, Predicate<JsonNode> good) {
        JsonNode value = object.path(name);
        if (!value.isMissingNode() && !value.isNull() && !good.test(value)) {
            throw invalid(name, takes);
        }
    }

    private static void require(JsonNode object, String name, String at, String takes, Predicate<JsonNode> good) {
        if (!good.test(object.path(name))) {
            throw invalid(at + name, takes);
        }
    }

    private static SandboxError invalid(String parameter, String takes) {
        return SandboxError.invalid(parameter, "Parameter [" + parameter + "] is invalid. It takes " + takes);
    }
}
