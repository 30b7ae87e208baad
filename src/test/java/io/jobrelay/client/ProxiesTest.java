package io.jobrelay.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.apache.hc.core5.http.HttpHost;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which proxy leads where, as curl and Java themselves understand the same settings. */
class ProxiesTest {

    @ParameterizedTest
    @CsvSource({
        "http://proxy:3128,               http://proxy:3128",
        "proxy.example.org:3128,          http://proxy.example.org:3128",
        "https://proxy/,                  https://proxy:443",
        "http://proxy,                    http://proxy:80",
        "http://u:p@proxy:3128/,          http://proxy:3128",
        "http://u:p@ss@proxy:3128,        http://proxy:3128",
        "http://[fd00::1]:3128,           http://[fd00::1]:3128",
        "' http://proxy:3128 ',           http://proxy:3128",
        "socks5://proxy:1080,             ",
        "http://proxy:99999,              ",
        "http://,                         ",
    })
    void a_variable_names_a_proxy_in_every_form_that_is_usual(String value, String proxy) {
        for (String name : new String[] {"HTTPS_PROXY", "https_proxy"}) {
            Proxies proxies = environment(Map.of(name, value));
            assertThat(proxies.to(HttpHost.create(java.net.URI.create("https://api.example.org"))).map(p -> p.host().toString()).orElse(null)).isEqualTo(proxy);
            assertThat(proxies.to(HttpHost.create(java.net.URI.create("http://api.example.org")))).as("only for https").isEmpty();
        }
    }

    @Test
    void user_and_password_are_decoded_and_told_to_nobody() {
        Proxies proxies = environment(Map.of("HTTP_PROXY", "http://me:p%40ss%3A@proxy:3128"));
        Proxies.Proxy proxy = proxies.to("http", new HttpHost("http", "sink.example.org", 80)).orElseThrow();
        assertThat(proxy.authorization()).isEqualTo("Basic " + java.util.Base64.getEncoder().encodeToString("me:p@ss:".getBytes()));
        assertThat(proxy.toString()).isEqualTo("http://proxy:3128");
    }

    @ParameterizedTest
    @CsvSource({
        "*,                       api.example.org,  true",
        "example.org,             api.example.org,  true",
        ".example.org,            api.example.org,  true",
        "*.example.org,           api.example.org,  true",
        "EXAMPLE.org,             API.example.ORG,  true",
        "example.org,             badexample.org,   false",
        "api.example.org:443,     api.example.org,  true",
        "api.example.org:8443,    api.example.org,  false",
        "'other, api.example.org',api.example.org,  true",
        "'other api.example.org', api.example.org,  true",
        "192.0.2.0/24,            192.0.2.77,       true",
        "192.0.2.0/25,            192.0.2.177,      false",
        "192.0.2.7,               192.0.2.7,        true",
        "192.0.2,                 192.0.2.7,        false",
        "fd00::/8,                fd12::1,          true",
        "fd00::1,                 fd00::1,          true",
        "[fd00::1]:443,           fd00::1,          true",
        "[fd00::1]:8443,          fd00::1,          false",
        "192.0.2.0/99,            192.0.2.7,        false",
        "'',                      api.example.org,  false",
        "',,. ',                  api.example.org,  false",
        "nothing,                 localhost,        true",
        "nothing,                 127.0.0.9,        true",
        "nothing,                 ::1,              true",
    })
    void what_NO_PROXY_names_and_this_machine_is_called_directly(String noProxy, String host, boolean direct) {
        for (String name : new String[] {"NO_PROXY", "no_proxy"}) {
            Proxies proxies = environment(Map.of("HTTPS_PROXY", "http://proxy:3128", name, noProxy));
            assertThat(proxies.to(new HttpHost("https", host, 443)).isEmpty()).isEqualTo(direct);
        }
    }

    @Test
    void a_property_counts_before_a_variable_and_its_own_exceptions_count() {
        Map<String, String> properties = Map.of("https.proxyHost", "java-proxy", "https.proxyPort", "8888", "http.nonProxyHosts",
                "*.internal|10.*|exact.example.org");
        Proxies proxies = new Proxies(properties::get, Map.of("HTTPS_PROXY", "http://proxy:3128", "HTTP_PROXY", "http://proxy:3128")::get);
        assertThat(proxies.to(new HttpHost("https", "api.example.org", 443)).orElseThrow().toString()).isEqualTo("http://java-proxy:8888");
        assertThat(proxies.to(new HttpHost("http", "api.example.org", 80)).orElseThrow().toString()).isEqualTo("http://proxy:3128");
        for (String host : new String[] {"a.internal", "10.1.2.3", "exact.example.org"}) {
            assertThat(proxies.to(new HttpHost("https", host, 443))).as(host).isEmpty();
        }
        assertThat(proxies.to(new HttpHost("https", "not.exact.example.org", 443))).isPresent();
    }

    private static Proxies environment(Map<String, String> variables) {
        return new Proxies(name -> null, variables::get);
    }
}
