package io.jobrelay.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jobrelay.check.ProfileFile;
import io.jobrelay.config.StartFailure;
import io.jobrelay.vendor.Drafts;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A good edit counts at once and as a whole; a bad one changes nothing and is named until it is repaired. */
class LiveProfilesTest {

    private static final ProfileFile ASSEMBLYAI = file("assemblyai", Drafts.text("assemblyai"));
    private static final ProfileFile GLADIA = file("gladia", Drafts.text("gladia"));
    private static final Map<String, ProfileFile> PACKAGED = Map.of(ASSEMBLYAI.name(), ASSEMBLYAI);
    private static final ProfileFile EDITED = file("assemblyai", ASSEMBLYAI.text().replace("maxDelay: 30m", "maxDelay: 20m"));
    private static final ProfileFile BROKEN = file("assemblyai", ASSEMBLYAI.text().replace("maxDelay: 30m", "maxDelay: soon"));

    @Test
    void a_good_edit_takes_the_place_of_what_was_and_who_holds_that_keeps_it() {
        LiveProfiles live = new LiveProfiles(PACKAGED, PACKAGED);
        Profiles before = live.current();
        LiveProfiles.Edits edits = live.take(Map.of(EDITED.name(), EDITED, GLADIA.name(), GLADIA));
        assertThat(edits.taken()).containsExactlyInAnyOrder(EDITED.name(), GLADIA.name());
        assertThat(live.current().names()).containsExactly("assemblyai", "gladia");
        assertThat(maxDelay(live.current())).isEqualTo("PT20M");
        assertThat(before.names()).containsExactly("assemblyai");
        assertThat(maxDelay(before)).isEqualTo("PT30M");
    }

    @Test
    void a_bad_edit_changes_nothing_and_is_named_until_it_is_repaired() {
        LiveProfiles live = new LiveProfiles(PACKAGED, PACKAGED);
        Profiles before = live.current();
        LiveProfiles.Edits edits = live.take(Map.of(BROKEN.name(), BROKEN));
        assertThat(edits.taken()).isEmpty();
        assertThat(live.refused()).hasSize(1).hasEntrySatisfying(BROKEN.name(),
                sentence -> assertThat(sentence).startsWith("providers/assemblyai.yaml, line 4").contains("poll.maxDelay cannot be \"soon\""));
        assertThat(live.current()).isSameAs(before);
        assertThat(live.take(Map.of(EDITED.name(), EDITED)).taken()).containsExactly(EDITED.name());
        assertThat(live.refused()).isEmpty();
        live.take(Map.of(BROKEN.name(), BROKEN));
        assertThat(live.take(Map.of(EDITED.name(), EDITED)).repaired()).containsExactly(EDITED.name());
        assertThat(live.refused()).isEmpty();
    }

    @Test
    void a_good_file_is_taken_beside_a_bad_one() {
        LiveProfiles live = new LiveProfiles(PACKAGED, PACKAGED);
        live.take(Map.of(BROKEN.name(), BROKEN, GLADIA.name(), GLADIA));
        assertThat(live.current().names()).containsExactly("assemblyai", "gladia");
        assertThat(maxDelay(live.current())).isEqualTo("PT30M");
        assertThat(live.refused()).containsOnlyKeys(BROKEN.name());
    }

    @Test
    void a_file_that_is_gone_counts_no_more_unless_somebody_needs_it() {
        LiveProfiles live = new LiveProfiles(PACKAGED, Map.of(ASSEMBLYAI.name(), ASSEMBLYAI, GLADIA.name(), GLADIA));
        live.guard((provider, next) -> provider.equals("gladia") && next.isEmpty() ? Optional.of("it cannot be gone: account media is of this provider") : Optional.empty());
        live.take(PACKAGED);
        assertThat(live.refused()).containsEntry(GLADIA.name(), "providers/gladia.yaml: it cannot be gone: account media is of this provider.");
        assertThat(live.current().get("gladia")).isPresent();
        live.guard((provider, next) -> Optional.empty());
        assertThat(live.take(PACKAGED).taken()).containsExactly(GLADIA.name());
        assertThat(live.refused()).isEmpty();
        assertThat(live.current().names()).containsExactly("assemblyai");
    }

    @Test
    void what_is_refused_at_the_start_leaves_the_packaged_one_and_stops_who_needs_it() {
        ProfileFile mine = file("mine", GLADIA.text());
        LiveProfiles live = new LiveProfiles(PACKAGED, Map.of(BROKEN.name(), BROKEN, mine.name(), mine));
        assertThat(live.current().names()).containsExactly("assemblyai");
        assertThat(live.isPackaged(BROKEN.name())).isTrue();
        assertThat(live.refused()).containsOnlyKeys(BROKEN.name(), mine.name());
        assertThatThrownBy(() -> live.current().required("mine", "relay.account.mine.provider")).isInstanceOf(StartFailure.class)
                .hasMessageContaining("routes/providers/mine.yaml, line 2: provider is \"gladia\", but the file is named mine.yaml");
        assertThatThrownBy(() -> live.current().required("assemblyai", "relay.accounts")).isInstanceOf(StartFailure.class).hasMessageContaining("poll.maxDelay");
        assertThatThrownBy(() -> live.current().required("asemblyai", "relay.account.x.provider")).isInstanceOf(StartFailure.class)
                .hasMessage("relay.account.x.provider is asemblyai, of which there is no profile (routes/providers/asemblyai.yaml). There are assemblyai.");
    }

    @Test
    void a_file_that_cannot_be_read_says_why() {
        LiveProfiles live = new LiveProfiles(PACKAGED, Map.of("providers/x.yaml", new ProfileFile("providers/x.yaml", new byte[0], "it is a folder, not a file")));
        assertThat(live.refused()).containsEntry("providers/x.yaml", "providers/x.yaml: it is a folder, not a file.");
    }

    @Test
    void several_mistakes_are_counted() {
        ProfileFile worse = file("assemblyai", BROKEN.text().replace("encoding: json", "encoding: jsn"));
        assertThat(new LiveProfiles(PACKAGED, Map.of(worse.name(), worse)).refused().get(worse.name())).contains("submit.encoding").endsWith("(1 more: bin/relay check tells them)");
    }

    @Test
    void files_of_the_jar_are_not_looked_at() {
        Map<String, ProfileFile> odd = new HashMap<>(PACKAGED);
        odd.put("providers/odd.yaml", file("odd", "provider: odd\n")); // the build holds them against the rules
        assertThat(new LiveProfiles(odd, odd).refused()).isEmpty();
    }

    private static String maxDelay(Profiles profiles) {
        return profiles.get("assemblyai").orElseThrow().operations().get("transcript").poll().maxDelay().toString();
    }

    private static ProfileFile file(String provider, String text) {
        return new ProfileFile(ProfileFile.nameOf(provider), text.getBytes(StandardCharsets.UTF_8), null);
    }
}
