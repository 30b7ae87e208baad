package io.jobrelay.inbox;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.jobrelay.config.Keys;
import io.jobrelay.folder.RawName;
import io.jobrelay.job.JobRequest;
import io.jobrelay.protocol.HeapShare;
import io.jobrelay.protocol.Problem;
import io.jobrelay.protocol.Problem.Kind;
import io.jobrelay.protocol.Sha256;
import io.jobrelay.protocol.StatusResource;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/**
 * Reads what a file of the inbox asks for: a media file one speech-to-text job,
 * a JSON file one body of {@code POST /jobs} or an array of them.
 */
final class InboxFile {

    private static final String KEY = "relay.inbox.request";
    private static final String TAKES = "a JSON object such as {\"languageCode\":\"en-US\"}, without contentUri and encoding";
    private static final String SPEECH_TO_TEXT = "/ai/audio/v1/async/speech-to-text";
    private static final String JSON = "json";
    /** It stands in memory several times until its jobs are stored, and its requests twice. */
    private static final int COPIES = 5;
    private static final long PATIENCE_MILLIS = 10_000;
    private static final int LARGEST_JSON = (int) Math.min(JobRequest.LARGEST_BODY, HeapShare.part(10));

    /** What is said of a file without contents. */
    static final String EMPTY = "It is empty.";
    /** What is said of a file that cannot be opened. */
    static final String UNREADABLE = "The relay's user may not read it.";

    /** The API's word for each ending (reference, 1.4: an enumeration, exact case). */
    private static final Map<String, String> ENCODINGS = new TreeMap<>(Map.of("mp3", "Mpeg", "mp4", "Mp4", "wav", "Wav", "webm", "Webm",
            "aac", "Aac", "avi", "Avi", "ogg", "Ogg"));

    private final JobRequest jobRequest;
    private final String members;

    /**
     * @param jobRequest makes rows of {@code relay_job}
     * @param request {@code relay.inbox.request}
     * @throws io.jobrelay.config.StartFailure when that is not a JSON object, or holds what the relay adds
     */
    InboxFile(JobRequest jobRequest, String request) {
        this.jobRequest = jobRequest;
        this.members = members(request);
    }

    private static String members(String request) {
        String json = request.strip();
        boolean empty = true;
        try (JsonParser parser = StatusResource.JSON.createParser(json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw Keys.unreadable(KEY, TAKES);
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                if (List.of("contentUri", "encoding").contains(parser.currentName())) {
                    throw Keys.unreadable(KEY, TAKES);
                }
                empty = false;
                parser.nextToken();
                parser.skipChildren();
            }
            if (parser.nextToken() != null) {
                throw Keys.unreadable(KEY, TAKES);
            }
        } catch (IOException e) {
            throw Keys.unreadable(KEY, TAKES);
        }
        return json.substring(0, json.length() - 1).stripTrailing() + (empty ? "" : ",");
    }

    /**
     * @param name of a file
     * @return what is said of its ending when nothing is known by it; else null
     */
    static String unknownEnding(RawName name) {
        return isJson(name) || ENCODINGS.containsKey(name.ending()) ? null
                : "Its ending is none of " + JSON + ", " + String.join(", ", new TreeSet<>(ENCODINGS.keySet())) + ".";
    }

    /**
     * @param name of a file
     * @return whether it holds bodies of {@code POST /jobs}
     */
    static boolean isJson(RawName name) {
        return name.ending().equals(JSON);
    }

    /**
     * @param taken the file
     * @param intake its id
     * @param another whether it may be somebody else's file
     * @param finished whether nobody may still be writing it
     * @return the rows of {@code relay_job} it asks for; read again, they have the same ids, so that they cannot be inserted twice
     * @throws Problem saying what is wrong with the file
     * @throws StillBeingWritten when that may be mended by whoever is still writing it
     * @throws IOException when it could not be read this time
     */
    List<Map<String, Object>> read(InboxFolder.Taken taken, String intake, boolean another, boolean finished) throws IOException, StillBeingWritten {
        RawName name = RawName.of(taken.name());
        String encoding = ENCODINGS.get(name.ending());
        BasicFileAttributes attributes = taken.folder().attributes(taken.name());
        if (attributes.isSymbolicLink()) {
            throw wrong("It is a link, and links are not followed.");
        }
        if (!attributes.isRegularFile()) {
            throw wrong("It is not a plain file.");
        }
        if (another) {
            throw wrong("It has a second name elsewhere (a hard link), and could be anybody's file. Copy it into the inbox instead.");
        }
        String unknown = unknownEnding(name);
        if (unknown != null) {
            throw wrong(unknown);
        }
        if (attributes.size() == 0) {
            throw wrong(EMPTY, finished);
        }
        List<Map<String, Object>> rows;
        try (FileChannel channel = taken.folder().read(taken.name())) {
            rows = encoding == null ? json(channel, finished) : List.of(media(name, encoding));
        } catch (AccessDeniedException e) {
            throw wrong(UNREADABLE, finished);
        }
        for (int i = 0; i < rows.size(); i++) {
            rows.get(i).put("id", jobId(intake, i));
            rows.get(i).put("intake", intake);
        }
        return rows;
    }

    private List<Map<String, Object>> json(FileChannel file, boolean finished) throws IOException, StillBeingWritten {
        if (file.size() > LARGEST_JSON) {
            throw wrong("It is larger than " + LARGEST_JSON + " bytes, the most that a JSON file may have" + (LARGEST_JSON < JobRequest.LARGEST_BODY
                    ? " with the heap of this relay. Start it with more (-Xmx), or split the file." : "."));
        }
        long ofHeap = 0;
        try {
            ofHeap = HeapShare.take(COPIES * file.size(), PATIENCE_MILLIS);
            if (ofHeap == 0 && file.size() > 0) {
                throw new IOException("there is no room for it in memory beside other large things");
            }
            return jobRequest.read(Channels.newInputStream(file).readNBytes(LARGEST_JSON), true);
        } catch (Problem p) {
            throw UnfinishedFile.endsTooSoon(file) ? wrong(UnfinishedFile.ENDS_TOO_SOON, finished) : p;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("the relay stops", e);
        } finally {
            HeapShare.give(ofHeap);
        }
    }

    private Map<String, Object> media(RawName name, String encoding) {
        Map<String, Object> row = jobRequest.submission(SPEECH_TO_TEXT, members + "\"encoding\":\"" + encoding + "\"}", name.text(), null);
        row.put("media", name.text());
        return row;
    }

    /**
     * @param intake of a file
     * @param index of a job in it
     * @return the relay's id of that job: a UUIDv7 of the same time, always the same one
     */
    static String jobId(String intake, int index) {
        long time = UUID.fromString(intake).getMostSignificantBits() & 0xffff_ffff_ffff_0000L;
        String hash = Sha256.of((intake + ":" + index).getBytes(StandardCharsets.US_ASCII));
        long random = Long.parseUnsignedLong(hash.substring(0, 16), 16) & 0x3fff_ffff_ffff_ffffL;
        return new UUID(time | 0x7000 | index & 0xfff, 0x8000_0000_0000_0000L | random).toString();
    }

    private static Problem wrong(String sentence, boolean finished) throws StillBeingWritten {
        if (!finished) {
            throw new StillBeingWritten(sentence);
        }
        return wrong(sentence);
    }

    private static Problem wrong(String sentence) {
        return new Problem(Kind.UNREADABLE_BODY, sentence);
    }
}
