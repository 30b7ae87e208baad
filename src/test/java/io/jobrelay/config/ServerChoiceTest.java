package io.jobrelay.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A URL that may lead to a server which takes no writes is named, and one that cannot is not. */
class ServerChoiceTest {

    @ParameterizedTest
    @ValueSource(strings = {"jdbc:postgresql://a/db", "jdbc:postgresql://a,b/db?targetServerType=primary", "jdbc:postgresql:db",
        "jdbc:postgresql://a:1,b:2/db?ssl=true&targetServerType=master", "jdbc:postgresql://a/db?options=-c%20x%3D1,2", "jdbc:h2:file:./a,b",
        "jdbc:postgresql://a/db,with-a-comma", "jdbc:postgresql:///db?targetServerType=any"})
    void leads_to_the_primary(String url) {
        assertThat(ServerChoice.warnings(url, "relay.db.url")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"jdbc:postgresql://a,b/db", "jdbc:postgresql://a:1,b:2/db?targetServerType=any", "jdbc:postgresql://a,b/db?user=x",
        "jdbc:postgresql://a,b/db?targetServerType=preferPrimary", "jdbc:postgresql://a/db?targetServerType=secondary", "jdbc:postgresql://[::1]:1,[::1]:2/db"})
    void may_lead_elsewhere(String url) {
        assertThat(ServerChoice.warnings(url, "relay.db.url")).singleElement().asString().startsWith("relay.db.url ").contains("targetServerType=primary")
                .doesNotContain("user=x");
    }
}
