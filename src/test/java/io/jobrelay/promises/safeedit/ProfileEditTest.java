package io.jobrelay.promises.safeedit;

import static io.jobrelay.promises.safeedit.EditableRelay.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.jobrelay.provider.LiveProfiles;
import io.jobrelay.provider.Profile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.camel.Route;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A profile is edited, added and removed while the relay runs, as safely as a route, and no route is touched by it. */
class ProfileEditTest {

    private static final String ASSEMBLYAI = "providers/assemblyai.yaml";
    private static EditableRelay files;

    @BeforeAll
    static void start() {
        files = EditableRelay.start();
    }

    @AfterAll
    static void stop() {
        files.close();
    }

    @Test
    void a_good_edit_counts_and_a_bad_one_changes_nothing_and_is_named_in_health_and_metrics() {
        String good = files.read(ASSEMBLYAI);
        Map<String, Route> before = files.routes();
        files.edit(ASSEMBLYAI, text -> text.replace("title: AssemblyAI", "title: Edited"));
        until(() -> title("assemblyai"), "Edited, pre-recorded speech to text");

        files.edit(ASSEMBLYAI, text -> text.replace("title: Edited", "title: Broken").replace("encoding: json", "encoding: jsn"));
        assertThat(files.untilRejected(ASSEMBLYAI)).isEqualTo("providers/assemblyai.yaml, line 15: submit.encoding cannot be \"jsn\"; it takes json, form or multipart.");
        assertThat(title("assemblyai")).startsWith("Edited");
        assertThat(files.relay.adminGet("/observe/health").text()).contains("assemblyai.yaml, line 15");
        assertThat(files.relay.adminGet("/observe/metrics").text()).contains("relay_routes_rejected 1.0");

        files.write(ASSEMBLYAI, good);
        files.untilAllAreTaken();
        until(() -> title("assemblyai"), "AssemblyAI, pre-recorded speech to text");
        assertThat(files.relay.adminGet("/observe/metrics").text()).contains("relay_routes_rejected 0.0");
        assertThat(files.routes()).isEqualTo(before);
    }

    @Test
    void a_profile_that_is_added_is_known_and_one_that_is_removed_is_not() throws IOException {
        files.write("providers/gladia.yaml", Files.readString(Path.of("src/test/resources/providers/gladia.yaml")));
        until(() -> title("gladia"), "Gladia, pre-recorded speech to text");
        files.delete("providers/gladia.yaml");
        until(() -> title("gladia"), "none");
        files.write("providers/half.yaml", "profile: 1\nprovider: ");
        assertThat(files.untilRejected("providers/half.yaml")).contains("line ");
        files.delete("providers/half.yaml");
        files.untilAllAreTaken();
    }

    @Test
    void a_route_and_a_profile_that_are_edited_together_are_both_taken() {
        files.edit("providers/ringcentral.yaml", text -> text.replace("title: RingCentral", "title: Both"));
        files.write("mine.camel.yaml", EditableRelay.route("mine", "both"));
        until(() -> files.answer("mine"), "both");
        until(() -> title("ringcentral").startsWith("Both"), true);
        files.delete("mine.camel.yaml");
        files.untilGone("mine");
    }

    private static String title(String provider) {
        return files.relay.context().getRegistry().lookupByNameAndType("relay-profiles", LiveProfiles.class).current().get(provider).map(Profile::title).orElse("none");
    }
}
