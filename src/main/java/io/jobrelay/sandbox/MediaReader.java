package io.jobrelay.sandbox;

import io.jobrelay.client.CallLimits;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.MalformedURLException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Variable;
import org.apache.hc.client5.http.ConnectTimeoutException;

/** Fetches media as the API does, with one plain GET, and measures it while it flows by: whatever its size, little of it is in memory. */
public final class MediaReader {

    private static final Pattern TYPE = Pattern.compile("([\\w.+-]{1,60}/[\\w.+-]{1,60}).*");

    /**
     * Makes the message a request for the media.
     *
     * @param job that has some
     * @param message whose headers and body are replaced
     * @throws MalformedURLException when it is not an HTTP URI
     */
    public void ask(@Variable("job") Map<String, Object> job, Message message) throws MalformedURLException {
        URI uri = URI.create(Results.contentUri(job));
        if (!uri.getScheme().matches("(?i)https?")) {
            throw new MalformedURLException();
        }
        SandboxClient.address(message, uri);
        message.setBody(null);
    }

    /**
     * @param exchange with the answer, its body still on the wire; the connection is closed afterwards
     * @return what came
     */
    public FetchedMedia measure(Exchange exchange) {
        Message message = exchange.getMessage();
        int code = message.getHeader(Exchange.HTTP_RESPONSE_CODE, 0, Integer.class);
        String said = message.getHeader(Exchange.CONTENT_TYPE, String.class);
        try (InputStream body = SandboxClient.body(message)) {
            if (code < 200 || code > 299) {
                return FetchedMedia.missing("its server answered " + code);
            }
            Counter counter = new Counter(body);
            WavHeader wav = WavHeader.read(counter).orElse(null);
            counter.transferTo(OutputStream.nullOutputStream());
            String type = said != null && TYPE.matcher(said).matches() ? TYPE.matcher(said).replaceFirst("$1") : null;
            return counter.count == 0 ? FetchedMedia.missing("it is empty") : new FetchedMedia(null, counter.count, type, wav);
        } catch (IOException e) {
            return FetchedMedia.missing(reason(e));
        }
    }

    /**
     * @param exchange whose request failed
     * @return media that is not there, and why
     */
    public FetchedMedia failed(Exchange exchange) {
        return FetchedMedia.missing(reason(exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class)));
    }

    private static String reason(Throwable failure) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t instanceof UnknownHostException) {
                return "its host is not known";
            } else if (t instanceof MalformedURLException) {
                return "it is neither http nor https";
            } else if (t instanceof CallLimits.TooLate) {
                return "its download took too long";
            } else if (t instanceof SocketTimeoutException || t instanceof ConnectTimeoutException) {
                return "its server did not answer in time";
            } else if (t instanceof ConnectException || t instanceof NoRouteToHostException) {
                return "its server could not be reached";
            } else if (t instanceof SSLException) {
                return "its server could not be trusted";
            }
        }
        return "it could not be downloaded";
    }

    /** Counts what is read or passed over. */
    private static final class Counter extends InputStream {
        private final InputStream in;
        private long count;

        private Counter(InputStream in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            int b = in.read();
            count += b < 0 ? 0 : 1;
            return b;
        }

        @Override
        public int read(byte[] buffer, int from, int length) throws IOException {
            int n = in.read(buffer, from, length);
            count += Math.max(0, n);
            return n;
        }
    }
}
