package io.jobrelay.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Writes the {@code response} of a job that succeeded, in the shape that RingCentral's OpenAPI gives each endpoint. Nothing is invented:
 * where the API would put what it heard, the sandbox says that it heard nothing, and what it knows. Each has a member {@code sandbox} that
 * says so.
 */
final class Responses {

    private static final String SPEAKER = "Sandbox";
    private static final List<String> OF_SPEAKERS = List.of("Pace", "TalkToListenRatio", "QuestionsAsked");
    private static final List<String> OF_CONVERSATIONS = List.of("KeyPhrases", "AbstractiveSummaryLong", "AbstractiveSummaryShort",
            "ExtractiveSummary", "Topics", "QuestionsAsked");

    private Responses() {
    }

    /**
     * @param api path of the endpoint
     * @param request as it was submitted
     * @param media what came from its {@code contentUri}; null for texts
     * @return the response
     */
    static ObjectNode of(String api, JsonNode request, FetchedMedia media) {
        String task = api.substring(api.lastIndexOf('/') + 1);
        return switch (task) {
            case "speech-to-text" -> speechToText(request, media);
            case "speaker-diarize" -> diarize(media);
            case "summarize" -> summarize(request);
            case "punctuate" -> punctuate(request);
            default -> interaction(request, media);
        };
    }

    private static ObjectNode speechToText(JsonNode request, FetchedMedia media) {
        ObjectNode response = says("Sandbox result: no speech was recognised here. " + media.sentence());
        response.put("transcript", response.get("sandbox").textValue()).put("confidence", 0.0).putArray("words");
        if (request.path("enableSpeakerDiarization").asBoolean(false)) {
            response.put("speakerCount", 0).putArray("utterances");
        }
        return response;
    }

    private static ObjectNode diarize(FetchedMedia media) {
        ObjectNode response = says("Sandbox result: no speaker was told from another here. " + media.sentence()).put("speakerCount", 1);
        segment(response.putArray("utterances"), media);
        return response;
    }

    private static ObjectNode summarize(JsonNode request) {
        Set<String> speakers = new HashSet<>();
        long characters = 0;
        JsonNode utterances = request.path("utterances");
        for (JsonNode utterance : utterances) {
            speakers.add(utterance.path("speakerId").asText());
            characters += utterance.path("text").asText().length();
        }
        String text = "Sandbox result: no summary was made here. The conversation has " + count(utterances.size(), "utterance") + " of "
                + count(speakers.size(), "speaker") + ", " + count(characters, "character") + ".";
        ObjectNode response = says(text);
        ArrayNode summaries = response.putArray("summaries");
        for (String name : summaries(request.path("summaryType").asText())) {
            ObjectNode value = summaries.addObject().put("name", name).putArray("values").addObject();
            value.put("value", text).put("confidence", 0.0);
            if (!utterances.isEmpty()) {
                value.set("start", utterances.get(0).path("start"));
                value.set("end", utterances.get(utterances.size() - 1).path("end"));
            }
        }
        return response;
    }

    private static ObjectNode punctuate(JsonNode request) {
        ObjectNode response = says("Sandbox result: no punctuation was added here. The texts are as they came.");
        response.set("texts", request.path("texts"));
        return response;
    }

    private static ObjectNode interaction(JsonNode request, FetchedMedia media) {
        ObjectNode response = says("Sandbox result: nothing was analysed here. " + media.sentence());
        String text = response.get("sandbox").textValue();
        segment(response.putArray("utteranceInsights"), media).put("text", text);
        ArrayNode ofSpeakers = response.putObject("speakerInsights").put("speakerCount", 1).putArray("insights");
        ArrayNode ofConversation = response.putArray("conversationalInsights");
        for (String name : wanted(request, OF_SPEAKERS)) {
            ofSpeakers.addObject().put("name", name).putArray("values").addObject().put("speakerId", SPEAKER).put("value", text);
        }
        for (String name : wanted(request, OF_CONVERSATIONS)) {
            ofConversation.addObject().put("name", name).putArray("values").addObject().put("value", text).put("start", BigDecimal.ZERO)
                    .put("end", media.seconds()).put("confidence", 0.0);
        }
        return response;
    }

    private static ObjectNode segment(ArrayNode list, FetchedMedia media) {
        return list.addObject().put("speakerId", SPEAKER).put("start", 0.0).put("end", media.seconds()).put("confidence", 0.0);
    }

    private static ObjectNode says(String text) {
        return JsonNodeFactory.instance.objectNode().put("sandbox", text);
    }

    private static List<String> wanted(JsonNode request, List<String> known) {
        List<String> asked = new ArrayList<>();
        request.path("insights").forEach(name -> asked.add(name.asText()));
        return asked.isEmpty() || asked.contains("All") ? known : known.stream().filter(asked::contains).toList();
    }

    private static List<String> summaries(String type) {
        return switch (type) {
            case "All" -> List.of("Extractive", "AbstractiveShort", "AbstractiveLong");
            case "AbstractiveAll" -> List.of("AbstractiveShort", "AbstractiveLong");
            default -> List.of(type);
        };
    }

    private static String count(long n, String noun) {
        return n + " " + noun + (n == 1 ? "" : "s");
    }
}
