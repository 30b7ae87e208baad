package io.jobrelay.server;

import io.netty.buffer.ByteBuf;
import io.vertx.core.buffer.Buffer;
import org.apache.camel.Exchange;

/** The bytes of a request as they came. */
public final class RawBody {

    private RawBody() {
    }

    /**
     * @param exchange with a request
     * @return its body, which may be 50 MB and is therefore not copied where it lies in memory as one array; empty where there is none
     */
    public static byte[] of(Exchange exchange) {
        if (exchange.getMessage().getBody() instanceof Buffer buffer) {
            ByteBuf bytes = buffer.getByteBuf();
            if (bytes.hasArray() && bytes.arrayOffset() == 0 && bytes.array().length == bytes.readableBytes()) {
                return bytes.array();
            }
        }
        byte[] bytes = exchange.getMessage().getBody(byte[].class);
        return bytes == null ? new byte[0] : bytes;
    }

    /**
     * Lets go of the bytes of a request to the admin port, which the server would keep until it is answered.
     *
     * @param exchange with a request that has been read; it has no body any more
     */
    public static void forget(Exchange exchange) {
        if (AdminEngine.request(exchange) != null && exchange.getMessage().getBody() instanceof Buffer buffer && buffer.length() > 0) {
            exchange.getMessage().setBody(null);
            buffer.getByteBuf().release();
        }
    }
}
