package io.jobrelay.forward;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.camel.Exchange;
import org.apache.camel.StreamCache;

/** An outcome document of two parts, the status resource as it is stored and what the relay adds: 50 MB are not copied to append a line. */
final class Outcome extends InputStream implements StreamCache {

    private final ByteBuffer resource;
    private final ByteBuffer relay;

    /**
     * @param resource the status resource up to its closing brace
     * @param relay the rest of the document
     */
    Outcome(ByteBuffer resource, ByteBuffer relay) {
        this.resource = resource.slice();
        this.relay = relay.slice();
    }

    @Override
    public int read() {
        return resource.hasRemaining() ? resource.get() & 0xff : relay.hasRemaining() ? relay.get() & 0xff : -1;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) {
        ByteBuffer part = resource.hasRemaining() ? resource : relay;
        if (length > 0 && !part.hasRemaining()) {
            return -1;
        }
        int n = Math.min(length, part.remaining());
        part.get(bytes, offset, n);
        return n;
    }

    @Override
    public void reset() {
        resource.rewind();
        relay.rewind();
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        for (ByteBuffer part : new ByteBuffer[] {resource, relay}) {
            out.write(part.array(), part.arrayOffset(), part.capacity());
        }
    }

    @Override
    public StreamCache copy(Exchange exchange) {
        return new Outcome(resource.duplicate().rewind(), relay.duplicate().rewind());
    }

    @Override
    public boolean inMemory() {
        return true;
    }

    @Override
    public long length() {
        return (long) resource.capacity() + relay.capacity();
    }

    @Override
    public long position() {
        return (long) resource.position() + relay.position();
    }

    /** @return the whole document, in UTF-8 */
    byte[] bytes() {
        return ByteBuffer.allocate((int) length()).put(resource.duplicate().rewind()).put(relay.duplicate().rewind()).array();
    }

    /** @return the whole document */
    String text() {
        return new String(bytes(), StandardCharsets.UTF_8);
    }
}
