package io.jobrelay.sandbox;

import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.camel.Message;
import org.apache.camel.component.platform.http.vertx.HttpMessage;
import org.apache.camel.component.platform.http.vertx.VertxPlatformHttpConstants;

/**
 * Stands in front of every path of the sandbox: who asks sits on this machine, and shows a token where the API wants one. A proxy on this machine
 * sits here too, and would open it to the world; what it was asked for others shows in its headers.
 */
public final class AccessCheck {

    private static final Pattern HOST = Pattern.compile("(?i)(localhost|127(\\.\\d{1,3}){3}|\\[::1])(:\\d+)?");
    private static final Pattern OF_A_PROXY = Pattern.compile("(?i)forwarded|via|x-(original-)?forwarded.*|x-real-ip|x-client-ip|x-cluster-client-ip"
            + "|(true|fly)-client-ip|cf-connecting-ip");
    private final Tokens tokens;

    /** @param tokens that the sandbox has handed out */
    public AccessCheck(Tokens tokens) {
        this.tokens = tokens;
    }

    /**
     * @param message of a request
     * @throws SandboxError 403 when the peer is not on this machine, passes on what another one asks (a proxy), or is a browser that was led
     *     here under another name (DNS rebinding)
     */
    public void admit(Message message) {
        SocketAddress peer = message.getHeader(VertxPlatformHttpConstants.REMOTE_ADDRESS, SocketAddress.class);
        if (peer == null || !isLoopback(peer.hostAddress())) {
            throw SandboxError.platform(403, "CMN-401", "The sandbox answers this machine only");
        }
        if (!(message instanceof HttpMessage http) || http.getRequest().headers().names().stream().anyMatch(name -> OF_A_PROXY.matcher(name).matches())) {
            throw SandboxError.platform(403, "CMN-401", "The sandbox answers this machine only, and nobody through a proxy");
        }
        List<String> host = headers(message, "Host");
        if (host.size() != 1 || !HOST.matcher(host.get(0)).matches()) {
            throw SandboxError.platform(403, "CMN-401", "The sandbox answers only under a name of this machine: 127.0.0.1 or localhost");
        }
    }

    /**
     * @param message of a request to the API
     * @throws SandboxError 403 as {@link #admit}; 401 without a token of the sandbox's, or when its time is over
     */
    public void authorize(Message message) {
        admit(message);
        List<String> shown = shown(message);
        String token = shown.size() == 1 && shown.get(0).regionMatches(true, 0, "Bearer ", 0, 7) ? shown.get(0).substring(7).trim() : null;
        tokens.check(token);
    }

    /**
     * @param message of a request
     * @return its Authorization headers, from the request itself: among the message's headers a parameter of the query would pass for one
     */
    static List<String> shown(Message message) {
        return headers(message, "Authorization");
    }

    private static List<String> headers(Message message, String name) {
        return message instanceof HttpMessage http ? http.getRequest().headers().getAll(name) : List.of();
    }

    /**
     * @param address as the socket has it; null for a socket that has none
     * @return whether it is one of this machine's own, IPv4 written as IPv6 too
     */
    static boolean isLoopback(String address) {
        try {
            return address != null && InetAddress.getByName(address).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
