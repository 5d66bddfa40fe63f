package dev.orrery.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.query.Restored;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that saves is killed at random moments: the next one finds a save, whole. */
class QueryStoreKillTest {
    @TempDir Path directory;

    private int saved;
    private long revision;

    @Test
    @DisplayName("K15: killed at any moment of a save, the next start sees one save, whole")
    void killedAtAnyMomentTheNextStartSeesOneSave() { // law Q32
        long seed = Long.getLong("orrery.seed", System.nanoTime());
        int killed =
                Crash.seeded(seed)
                        .kills(6)
                        .within(Duration.ofMillis(400))
                        .work(SaveForEver.class, directory.toString())
                        .run(life -> {
                            if (life.output().size() > 1) {
                                saved = Integer.parseInt(life.output().getLast());
                            }
                            check("seed " + seed + " life " + life.number());
                        });
        assertThat(killed).isEqualTo(6);
        assertThat(saved).isGreaterThan(10);
    }

    private void check(String when) {
        SaveForEver life = new SaveForEver(directory);
        assertThat(life.store.restored().state()).as(when).isNotEqualTo(Restored.State.OLDER);
        int number = life.numbers.find(0).orElse(0);
        assertThat(number).as(when).isBetween(saved, saved + 1);
        assertThat(life.numbers.find(1).orElse(0)).as(when).isEqualTo(-number);
        assertThat(life.timeline.published()).as(when).isGreaterThanOrEqualTo(revision);
        revision = life.timeline.published();
        life.askAll();
        assertThat(life.runs == 0).as(when + ": runs").isEqualTo(number > 0);
        assertThat(life.squared.of(1)).as(when).isEqualTo(number * number);
        life.close();
        saved = number;
    }
}
