package io.jobrelay.protocol;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.regex.Pattern;

/** What the host of a URL says by itself, without a look-up. */
public final class UrlHost {

    /** How far away somebody may be and still reach a URL. */
    public enum Reach {
        /** Only programs on the same machine. */
        MACHINE,
        /** Who is in the same network, or knows its names. */
        NETWORK,
        /** Everybody. */
        WORLD
    }

    private static final Pattern PRIVATE_NAME = Pattern.compile(".*\\.(local|localdomain|lan|internal|intranet|corp|home|home\\.arpa)");
    private static final Pattern NUMBER = Pattern.compile("\\d+|0x[0-9a-f]*"); // an address without its dots

    private static final Pattern IPV4 = Pattern.compile("(\\d{1,3}\\.){3}\\d{1,3}");
    private static final Pattern SHARED = Pattern.compile("100\\.(6[4-9]|[7-9]\\d|1[01]\\d|12[0-7])\\..*");

    private UrlHost() {
    }

    /**
     * @param url with an authority
     * @return its host in lower case, without brackets and trailing dot; also one with an underscore, which {@link URI#getHost} misses
     */
    static String of(URI url) {
        String authority = url.getRawAuthority() == null ? "" : url.getRawAuthority().replaceFirst("^.*@", "");
        String host = authority.startsWith("[") ? authority.replaceFirst("^\\[([^]]*)].*$", "$1") : authority.replaceFirst(":\\d*$", "");
        return host.toLowerCase(Locale.ROOT).replaceFirst("\\.$", "");
    }

    /**
     * @param host from {@link #of}
     * @return whether it is an IP address, not a name
     */
    public static boolean isLiteral(String host) {
        return IPV4.matcher(host).matches() || host.contains(":");
    }

    /**
     * @param host from {@link #of}
     * @return whether it leads to the machine that asks
     */
    public static boolean isLoopback(String host) {
        if (host.equals("localhost") || host.endsWith(".localhost")) {
            return true;
        }
        InetAddress address = literal(host);
        return address != null && (address.isLoopbackAddress() || address.isAnyLocalAddress());
    }

    /**
     * @param host from {@link #of}
     * @return whether it is the address that stands for all of a machine's, such as {@code 0.0.0.0}
     */
    public static boolean isAny(String host) {
        InetAddress address = literal(host);
        return address != null && address.isAnyLocalAddress();
    }

    /**
     * @param host from {@link #of}
     * @return whether it is an address of a private network (RFC 1918, 6598, 3927, 4193)
     */
    static boolean isPrivate(String host) {
        InetAddress address = literal(host);
        return address != null && (address.isSiteLocalAddress() || address.isLinkLocalAddress() || SHARED.matcher(host).matches()
                || address.getAddress().length == 16 && (address.getAddress()[0] & 0xfe) == 0xfc);
    }

    /**
     * @param url http or https
     * @return as far as its host can tell; names are not looked up
     */
    public static Reach reach(String url) {
        String host = of(URI.create(url));
        if (isLoopback(host)) {
            return Reach.MACHINE;
        }
        boolean name = !isLiteral(host) && (!host.contains(".") && !NUMBER.matcher(host).matches() || PRIVATE_NAME.matcher(host).matches());
        return name || isPrivate(host) ? Reach.NETWORK : Reach.WORLD;
    }

    /**
     * @param url http or https, or empty
     * @return whether what is sent there goes readable through other people's networks
     */
    public static boolean isPlainToTheWorld(String url) {
        return url.regionMatches(true, 0, "http:", 0, 5) && reach(url) == Reach.WORLD;
    }

    private static InetAddress literal(String host) {
        try {
            return isLiteral(host) ? InetAddress.getByName(host) : null;
        } catch (UnknownHostException e) {
            return null;
        }
    }
}
