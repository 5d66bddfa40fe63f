package dev.orrery.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.core.Revision;
import dev.orrery.core.Timeline;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A long mixture of everything against a plain model, and what is left behind. */
@Timeout(60)
class AcceptanceChaosTest {
    private static final int SLOTS = 512;
    private static final int STEPS = 300;
    private static final int LEVELS = 32;

    private final Timeline timeline = Timeline.startingAt("test", new Revision(0));
    private final Queries queries = new Queries(timeline, Thread.ofVirtual().factory());
    private final Input<Integer, Integer> slot =
            queries.input("slot", Integer.class, Integer.class);

    @AfterEach
    void close() {
        queries.close();
    }

    /** A linear congruential generator, so that the steps are the same everywhere. */
    private static final class Dice {
        private long state = 0xC0FFEE;

        int below(int bound) {
            state = state * 6364136223846793005L + 1;
            return (int) ((state >>> 32) % bound);
        }
    }

    private record Link(int slot, int level) {}

    @Test
    @DisplayName("H4: 300 random steps are right at each")
    void chaos() {
        SingleQuery<Long> wide =
                queries.query(
                        "wide",
                        Long.class,
                        () -> {
                            long sum = 0;
                            for (int i = 0; i < SLOTS; i++) {
                                sum += slot.require(i);
                            }
                            return sum;
                        });
        Query<Link, Integer> chain =
                queries.recursive(
                        "chain",
                        Link.class,
                        Integer.class,
                        (self, link) ->
                                link.level() == 0
                                        ? slot.require(link.slot())
                                        : self.of(new Link(link.slot(), link.level() - 1)) + 1);
        SingleInput<Integer> noise = queries.input("noise", Integer.class);
        Map<Integer, Integer> model = new HashMap<>();
        timeline.commit(() -> {
            for (int i = 0; i < SLOTS; i++) {
                slot.set(i, 3 * i);
                model.put(i, 3 * i);
            }
        });
        Dice dice = new Dice();
        for (int step = 0; step < STEPS; step++) {
            int kind = dice.below(100);
            int at = dice.below(SLOTS);
            if (kind < 25) {
                long expected = model.values().stream().mapToLong(Integer::longValue).sum();
                try (Snapshot snapshot = queries.snapshot()) {
                    assertThat(snapshot.read(wide::now)).as("step %d", step).isEqualTo(expected);
                }
            } else if (kind < 75) {
                assertThat(chain.of(new Link(at, LEVELS)))
                        .as("step %d", step)
                        .isEqualTo(model.get(at) + LEVELS);
            } else if (kind < 85) {
                noise.set(step);
            } else {
                int value = dice.below(10_000);
                slot.set(at, value);
                model.put(at, value);
            }
        }
        new Sweep(queries.engine()).check(timeline.published());
    }

    /** The timeline remembers its last commits for who follows them, so these come last. */
    private static final int LATER_COMMITS = 1_100;

    @Test
    @DisplayName("H6: facts that come and go unread leave nothing behind")
    void nothingLeft() throws InterruptedException {
        Input<Object, Integer> objects = queries.input("objects", Object.class, Integer.class);
        List<WeakReference<Object>> keys = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            Object key = new Object();
            keys.add(new WeakReference<>(key));
            objects.set(key, i);
            objects.remove(key);
        }
        for (int i = 0; i < LATER_COMMITS; i++) {
            slot.set(0, i);
        }
        long patience = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (retained(keys) > 0 && System.nanoTime() < patience) {
            System.gc();
            Thread.sleep(10);
        }
        assertThat(retained(keys)).isZero();
        assertThat(objects.list()).isEmpty();
    }

    private static long retained(List<WeakReference<Object>> keys) {
        return keys.stream().filter(key -> key.get() != null).count();
    }
}
