package io.jobrelay.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobrelay.config.Upstream;
import io.jobrelay.support.SettableClock;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A token is used as long as it says, within reason, and for ten minutes where it does not say. */
class AccessTokenTest {

    private final SettableClock clock = new SettableClock();
    private final AccessToken token = new AccessToken(new Upstream("s", "http://s", "id", "secret", "jwt", 10, false), clock);

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"{} | 600", "{'expires_in':3600} | 3600", "{'expires_in':' 3600 '} | 3600", "{'expires_in':'3600.5'} | 3600",
        "{'expires_in':7199.9} | 7199", "{'expires_in':1e300} | 86400", "{'expires_in':99999999999999999999} | 86400",
        "{'expires_in':'999999999999999'} | 86400", "{'expires_in':-1} | 600", "{'expires_in':0} | 600", "{'expires_in':1} | 30",
        "{'expires_in':{}} | 600", "{'expires_in':null} | 600", "{'expires_in':'soon'} | 600", "{'expires_in':true} | 600"})
    void lives(String answer, long seconds) {
        String body = answer.strip().replace('\'', '"').replaceFirst("\\{", "{\"access_token\":\"t\"" + (answer.strip().equals("{}") ? "" : ","));
        Map<String, Object> row = token.read(ApiAnswer.of(200, Map.of(), body.getBytes(StandardCharsets.UTF_8)));
        assertThat(row).containsEntry("access_token", "t")
                .containsEntry("token_until", clock.millis() + seconds * 1000 - Math.min(60_000, seconds * 200)).containsEntry("account_error", null);
    }

    @ParameterizedTest
    @CsvSource({"400, true", "401, true", "402, true", "403, true", "404, true", "302, true", "408, false", "429, false", "500, false", "503, false"})
    void what_is_refused_speaks_of_the_account(int code, boolean account) {
        assertThat(token.read(ApiAnswer.of(code, Map.of(), new byte[0])).get("account_error") != null).isEqualTo(account);
        assertThat(token.read(ApiAnswer.of(code, Map.of("Content-Type", "text/html"), new byte[0])).get("account_error") != null)
                .isEqualTo(code == 302);
    }
}
