package io.jobrelay.forward;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.jobrelay.protocol.StatusResource;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Tells a result that the relay has written from what others keep in the same folder: the document in it carries the relay's member, and the file is called after it. */
final class WrittenResult {

    /** Of a text that is looked at; what is passed over, which may have any size, is not kept. */
    private static final int LONGEST_NAME = 65_536;
    private static final JsonFactory JSON = new JsonFactoryBuilder(StatusResource.AS_IT_CAME).streamReadConstraints(
            StreamReadConstraints.builder().maxNestingDepth(StatusResource.DEEPEST + 10).maxStringLength(LONGEST_NAME).build()).build();

    private final List<String> names = new ArrayList<>();
    private boolean relays;

    private WrittenResult() {
    }

    /**
     * Reads the file from its beginning to its end, a piece at a time.
     *
     * @param file no link
     * @return whether the relay wrote it, and under this name
     * @throws IOException when it cannot be read
     */
    static boolean is(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS); JsonParser json = JSON.createParser(in)) {
            WrittenResult result = new WrittenResult();
            return result.read(json) && result.names.stream().map(FileName::of).anyMatch(file.getFileName().toString()::equals);
        } catch (JsonProcessingException | AccessDeniedException | NoSuchFileException e) {
            return false;
        }
    }

    private boolean read(JsonParser json) throws IOException {
        if (json.nextToken() != JsonToken.START_OBJECT) {
            return false;
        }
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String member = json.currentName();
            JsonToken value = json.nextToken();
            if (member.equals("relay") && value == JsonToken.START_OBJECT) {
                relay(json);
            } else if (member.equals("jobId") && value.isScalarValue()) {
                names.add(json.getText());
            } else {
                json.skipChildren();
            }
        }
        return relays && json.currentToken() == JsonToken.END_OBJECT && json.nextToken() == null;
    }

    private void relay(JsonParser json) throws IOException {
        relays = false;
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String member = json.currentName();
            boolean text = json.nextToken() == JsonToken.VALUE_STRING;
            if (text && (member.equals("id") || member.equals("jobId"))) {
                names.add(json.getText());
                relays |= member.equals("id");
            } else {
                json.skipChildren();
            }
        }
    }
}
