package io.jobrelay.server;

import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpHeadersFactory;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.impl.HttpUtils;
import io.vertx.core.http.impl.headers.HeadersMultiMap;
import java.util.function.BiConsumer;
import java.util.function.IntConsumer;

/**
 * Vert.x' decoder of requests with a bound on the number of header fields, and of trailers too: one of two bytes takes eighty times as much in
 * memory, so that a bound on their length alone is none.
 */
final class HeadDecoder extends HttpRequestDecoder {

    private static final int MOST_FIELDS = 500;
    private static final int MOST_TRAILERS = 32;
    private static final int TELL_EVERY = 32;
    private final IntConsumer fields;

    /**
     * @param options of the server
     * @param fields is told now and then how many fields the head has so far
     */
    HeadDecoder(HttpServerOptions options, IntConsumer fields) {
        super(new HttpDecoderConfig().setMaxInitialLineLength(options.getMaxInitialLineLength()).setMaxHeaderSize(options.getMaxHeaderSize())
                .setMaxChunkSize(options.getMaxChunkSize()).setInitialBufferSize(options.getDecoderInitialBufferSize())
                .setTrailersFactory(new Trailers()));
        this.fields = fields;
    }

    @Override
    protected HttpMessage createMessage(String[] line) {
        HttpVersion version = HttpVersion.valueOf(line[2]);
        if (version != HttpVersion.HTTP_1_1 && version != HttpVersion.HTTP_1_0) { // the very ones: others only look like them
            throw new IllegalArgumentException("another version of HTTP"); // Vert.x would answer 501 in that version, whatever its name
        }
        return new DefaultHttpRequest(version, HttpMethod.valueOf(line[0]), line[1], new HeadersMultiMap(new Count(MOST_FIELDS, fields)));
    }

    @Override
    protected boolean isContentAlwaysEmpty(HttpMessage message) {
        return false; // a request's length is what its headers say
    }

    /** Asked about each field before it is kept. */
    private static final class Count implements BiConsumer<CharSequence, CharSequence> {

        private final int most;
        private final IntConsumer told;
        private int count;

        Count(int most, IntConsumer told) {
            this.most = most;
            this.told = told;
        }

        @Override
        public void accept(CharSequence name, CharSequence value) {
            if (++count > most) {
                throw new TooLongHttpHeaderException("more than " + most + " fields");
            }
            if (count % TELL_EVERY == 0) {
                told.accept(count);
            }
            HttpUtils.validateHeader(name, value);
        }
    }

    private static final class Trailers implements HttpHeadersFactory {

        @Override
        public HttpHeaders newHeaders() {
            return new HeadersMultiMap(new Count(MOST_TRAILERS, count -> { }));
        }

        @Override
        public HttpHeaders newEmptyHeaders() {
            return newHeaders();
        }
    }
}
