package io.jobrelay.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.jobrelay.db.Database;
import io.jobrelay.support.SettableClock;
import java.util.List;
import org.junit.jupiter.api.Test;

/** An absence counts until what it may have cost has been marked, and once. */
class AbsenceWatchTest {

    @Test
    void an_absence_is_told_again_until_the_jobs_are_marked() {
        AbsenceWatch presence = new AbsenceWatch(new Database(null, Database.Kind.H2, true), new SettableClock());
        presence.trying();
        assertThat(presence.wasAway(null)).isTrue();
        presence.trying(); // marking them failed: the database was away again
        assertThat(presence.wasAway(null)).isTrue();
        assertThat(presence.watching()).as("none is marked yet").isFalse();
        presence.next(null);
        presence.marked(List.of());
        presence.trying();
        assertThat(presence.wasAway(null)).isFalse();
        assertThat(presence.watching()).isTrue();
    }
}
