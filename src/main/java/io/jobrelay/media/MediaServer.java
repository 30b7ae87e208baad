package io.jobrelay.media;

import io.jobrelay.protocol.Capability;
import io.jobrelay.protocol.HeaderText;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Header;
import org.apache.camel.Message;
import org.apache.camel.Variable;

/** Serves a media file to the API while a job needs it: whole or one piece, and nothing about anything else. */
public final class MediaServer {

    private static final Map<String, String> TYPES = Map.of("mp3", "audio/mpeg", "mp4", "video/mp4", "wav", "audio/wav",
            "webm", "video/webm", "aac", "audio/aac", "avi", "video/x-msvideo", "ogg", "audio/ogg");

    /** RFC 9110, 5.6.7: English, GMT, two digits for the day. */
    private static final DateTimeFormatter HTTP_DATE =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH).withZone(ZoneOffset.UTC);

    private final Capability capability;
    private final Location location;
    private final FileSender sender = new FileSender();

    /** Where the media file of an intake lies. */
    @FunctionalInterface
    public interface Location {
        /**
         * @param intake of a job
         * @param media name of the file
         * @return the file, open; empty when it is gone
         * @throws IOException when that cannot be told now
         */
        Optional<File> of(String intake, String media) throws IOException;
    }

    /**
     * A media file.
     *
     * @param channel of its contents
     * @param modified when it was last written
     */
    public record File(FileChannel channel, Instant modified) {
    }

    /**
     * @param capability that signed the URLs
     * @param location of the files
     */
    public MediaServer(Capability capability, Location location) {
        this.capability = capability;
        this.location = location;
    }

    /**
     * @param segment of the path that must be the capability
     * @return the id of the intake in it; empty when it is not one of ours
     */
    public String intake(@Header("capability") String segment) {
        return capability.verify(segment).orElse("");
    }

    /**
     * Answers the request: 200, 206, 304 or 416 where an open job has a file of this name, and 404 without a word otherwise.
     *
     * @param open rows of {@code media}, the names that open jobs of the intake have; anything else means none
     * @param intake from {@link #intake}
     * @param exchange with the request's headers
     * @throws IOException when the file cannot be read now
     */
    public void serve(@Body Object open, @Variable("intake") String intake, Exchange exchange) throws IOException {
        Message message = exchange.getMessage();
        String name = message.getHeader("name", String.class);
        String method = message.getHeader(Exchange.HTTP_METHOD, String.class);
        String range = HeaderText.first(message, "Range");
        String ifRange = HeaderText.first(message, "If-Range");
        String ifNoneMatch = String.join(",", HeaderText.all(message.getHeader("If-None-Match")));
        message.removeHeaders("*");
        Optional<File> file = name != null && names(open).contains(name) ? location.of(intake, name) : Optional.empty();
        if (file.isEmpty()) {
            answer(message, 404, null);
            return;
        }
        Instant modified = file.get().modified().truncatedTo(ChronoUnit.SECONDS);
        FileChannel channel = file.get().channel();
        try {
            long size = channel.size();
            String tag = "\"" + Long.toHexString(size) + "-" + Long.toHexString(modified.toEpochMilli()) + "\"";
            message.setHeader("ETag", tag);
            message.setHeader("Last-Modified", HTTP_DATE.format(modified));
            message.setHeader("Accept-Ranges", "bytes");
            message.setHeader("Cache-Control", "private, no-store");
            message.setHeader(Exchange.CONTENT_TYPE, TYPES.getOrDefault(name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT),
                    "application/octet-stream"));
            boolean head = "HEAD".equals(method);
            boolean fresh = ifRange == null || ifRange.strip().equals(tag) || ifRange.strip().equals(HTTP_DATE.format(modified));
            Optional<ByteRange> piece = head || !fresh ? Optional.empty() : ByteRange.of(range, size);
            if (matches(ifNoneMatch, tag)) {
                answer(message, 304, null);
            } else if (piece.isPresent() && piece.get().length() == 0) {
                message.setHeader("Content-Range", "bytes */" + size);
                answer(message, 416, null);
            } else if (head) {
                answer(message, 200, size);
            } else {
                ByteRange what = piece.orElse(new ByteRange(0, size));
                piece.ifPresent(p -> message.setHeader("Content-Range",
                        "bytes " + p.from() + "-" + (p.from() + p.length() - 1) + "/" + size));
                answer(message, piece.isPresent() ? 206 : 200, what.length());
                FileChannel sent = channel;
                channel = null;
                sender.send(sent, what, exchange);
            }
        } finally {
            if (channel != null) {
                channel.close();
            }
        }
    }

    /** Of an answer without a body, the length is that of the body a GET would get; null where there is none. */
    private static void answer(Message message, int status, Long length) {
        message.setHeader(Exchange.HTTP_RESPONSE_CODE, status);
        if (length != null) {
            message.setHeader("Content-Length", String.valueOf(length));
            message.setBody(null);
        } else {
            message.removeHeader(Exchange.CONTENT_TYPE);
            message.setBody(status == 304 ? null : ByteBuffer.allocate(0));
        }
    }

    /** RFC 9110, 13.1.2: a list of tags, compared weakly, or an asterisk. */
    private static boolean matches(String ifNoneMatch, String tag) {
        return Arrays.stream(ifNoneMatch.split(",")).map(t -> t.strip().replaceFirst("^W/", ""))
                .anyMatch(t -> t.equals("*") || t.equals(tag));
    }

    private static Set<Object> names(Object open) {
        return open instanceof List<?> rows
                ? Set.copyOf(rows.stream().map(row -> ((Map<?, ?>) row).get("media")).toList())
                : Set.of();
    }
}
