package io.jobrelay.config;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What Kubernetes puts into the environment of a pod for each service of its namespace. For one named {@code relay-admin} that is
 * {@code RELAY_ADMIN_PORT=tcp://10.0.0.1:8081}, which somebody who sets a key would write the same, and {@code RELAY_ADMIN_SERVICE_HOST} and more.
 */
public final class ServiceLinks {

    /** The keys whose variables end as such a one does. */
    private static final Set<String> PORTS = Set.of("camel.server.port", "relay.admin.port");
    private static final Pattern VALUE = Pattern.compile("\\s*(tcp|udp|sctp)://.*", Pattern.DOTALL);
    private static final Pattern NAME = Pattern.compile("(RELAY|CAMEL_SERVER)(_[A-Z0-9_]+)?_(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?"
            + "|PORT_\\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)");
    private static final Pattern PORT = Pattern.compile("(RELAY|CAMEL_SERVER)_([A-Z0-9_]+_)?PORT");

    private ServiceLinks() {
    }

    /**
     * @param key of the relay or of Camel
     * @param value that it has somewhere; may be null
     * @return whether nobody but Kubernetes gave it to that key, which takes a port
     */
    public static boolean isOne(String key, String value) {
        return value != null && PORTS.contains(key) && VALUE.matcher(value).matches();
    }

    /**
     * @param variable of the environment
     * @param value that it has
     * @return whether Kubernetes set it, for a service whose name begins as keys do
     */
    static boolean isOneOf(String variable, String value) {
        return NAME.matcher(variable).matches() || PORT.matcher(variable).matches() && VALUE.matcher(value).matches();
    }

    /**
     * @param environment by name
     * @return one sentence that names all such variables; empty where there is none
     */
    static Optional<String> warning(Map<String, String> environment) {
        List<String> found = environment.entrySet().stream().filter(e -> isOneOf(e.getKey(), e.getValue())).map(Map.Entry::getKey).sorted().toList();
        return found.isEmpty() ? Optional.empty() : Optional.of("Passed over: " + String.join(", ", found) + ". Kubernetes sets them in each pod for services"
                + " whose names begin as keys of the relay do; enableServiceLinks: false in the pod keeps them away.");
    }
}
