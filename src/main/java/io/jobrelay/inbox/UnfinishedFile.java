package io.jobrelay.inbox;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import io.jobrelay.folder.RawName;
import io.jobrelay.job.JobRequest;
import io.jobrelay.protocol.StatusResource;
import java.io.FilterReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PushbackReader;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;

/** Tells what somebody may still be writing from what is wrong and stays so. */
final class UnfinishedFile {

    /** What browsers, WinSCP and others put behind a name until all of the file is there. */
    private static final Set<String> ENDINGS = Set.of("part", "filepart", "partial", "tmp", "temp", "crdownload", "download", "upload", "uploading");

    /** What is said of JSON that has no end. */
    static final String ENDS_TOO_SOON = "It ends too soon, and is not JSON so far.";

    private static final int LONGEST = 1_000_000;
    private static final char MARK = '\ufeff';

    /** Files come from anybody, and this is read before all else: nothing is kept of it, and what is beyond measure is judged elsewhere. */
    private static final JsonFactory TAME = new JsonFactoryBuilder()
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES).disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(StatusResource.DEEPEST).maxStringLength(LONGEST).build())
            .build();

    private UnfinishedFile() {
    }

    /**
     * @param name of a file or folder
     * @return whether it is one that a client gives to what it is still writing: nobody else's then, for as long as it is called so
     */
    static boolean isUpload(RawName name) {
        byte[] bytes = name.bytes();
        return bytes[0] == '.' || bytes[bytes.length - 1] == '~' || ENDINGS.contains(name.ending());
    }

    /**
     * @param file in the inbox, a plain one when it was looked at
     * @param name of it
     * @param size in bytes, when it was looked at
     * @param shared whether others can write to the inbox
     * @return why it may not be finished, in a sentence; null when it can be taken, be it to find out what is wrong with it
     * @throws IOException when it cannot be read now
     */
    static String why(Path file, RawName name, long size, boolean shared) throws IOException {
        String unknown = InboxFile.unknownEnding(name);
        if (size == 0) {
            return InboxFile.EMPTY;
        } else if (unknown != null) {
            return unknown;
        } else if (!Files.isReadable(file)) {
            return InboxFile.UNREADABLE;
        }
        return InboxFile.isJson(name) && size <= JobRequest.LARGEST_BODY && endsTooSoon(file, shared) ? ENDS_TOO_SOON : null;
    }

    /**
     * Where others can write, a pipe may take the file's place before it is opened, and would hold us until somebody writes to it: one that is
     * opened for writing too does not, and has no size, so that nothing is read from it. Where that is not allowed the file is taken first.
     */
    private static boolean endsTooSoon(Path file, boolean shared) throws IOException {
        Set<OpenOption> options = shared ? Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)
                : Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
        try (FileChannel channel = FileChannel.open(file, options)) {
            return endsTooSoon(channel);
        } catch (AccessDeniedException e) {
            return false;
        }
    }

    /**
     * @param file of JSON; read from its beginning, and closed afterwards
     * @return whether it is the beginning of an object or an array and no more, or room that was made and is not filled yet
     * @throws IOException when it cannot be read
     */
    static boolean endsTooSoon(FileChannel file) throws IOException {
        ByteBuffer last = ByteBuffer.allocate(1);
        if (file.size() == 0 || file.read(last, file.size() - 1) < 1 || last.get(0) == 0) {
            return true;
        }
        Ending text = new Ending(withoutMark(new InputStreamReader(Channels.newInputStream(file.position(0)), StandardCharsets.UTF_8)));
        boolean begun = false;
        try (JsonParser parser = TAME.createParser(text)) {
            JsonToken first = parser.nextToken();
            begun = first != null && first.isStructStart();
            while (begun && !parser.getParsingContext().inRoot()) {
                parser.nextToken();
            }
            return first == null;
        } catch (StreamConstraintsException e) {
            return false;
        } catch (JsonProcessingException e) {
            return begun && text.reached;
        }
    }

    private static Reader withoutMark(Reader text) throws IOException {
        PushbackReader reader = new PushbackReader(text, 1);
        int first = reader.read();
        if (first >= 0 && first != MARK) {
            reader.unread(first);
        }
        return reader;
    }

    /** Remembers whether its end was reached. */
    private static final class Ending extends FilterReader {

        private boolean reached;

        Ending(Reader in) {
            super(in);
        }

        @Override
        public int read(char[] to, int from, int most) throws IOException {
            int read = super.read(to, from, most);
            reached |= read < 0;
            return read;
        }
    }
}
