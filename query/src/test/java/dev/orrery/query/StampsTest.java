package dev.orrery.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.core.Revision;
import dev.orrery.core.Subscription;
import dev.orrery.core.Timeline;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A stamp names one value: results of one stamp are one and the same. Law Q6. */
class StampsTest {
    private final Timeline timeline = Timeline.startingAt("test", new Revision(0));
    private final Queries queries = new Queries(timeline, Thread.ofVirtual().factory());
    private final SingleInput<Integer> x = queries.input("x", Integer.class);
    private final AtomicInteger runs = new AtomicInteger();

    @AfterEach
    void close() {
        queries.close();
    }

    private Query<Integer, Integer> nearly() {
        return queries.define("nearly", Integer.class, Integer.class)
                .equality((one, other) -> Math.abs(one - other) <= 1)
                .as(_ -> x.require());
    }

    /** Each step is within the tolerance of the one before it, and all together are not. */
    @Test
    void smallStepsDoNotAddUpUnseen() {
        Query<Integer, Integer> nearly = nearly();
        Query<Integer, Integer> reader =
                queries.query(
                        "reader",
                        Integer.class,
                        Integer.class,
                        key -> {
                            runs.incrementAndGet();
                            return nearly.of(key);
                        });
        for (int value = 0; value <= 5; value++) {
            x.set(value);
            int even = value - value % 2;
            assertThat(nearly.of(1)).as("at %s", value).isEqualTo(even);
            assertThat(reader.of(1)).as("above %s", value).isEqualTo(even);
        }
        assertThat(runs).as("for 0, 2 and 4").hasValue(3);
        new Sweep(queries.engine()).check(timeline.published());
    }

    @Test
    void resultsOfOneStampHaveTheVerySameValue() {
        Query<Integer, String> text =
                queries.query(
                        "text",
                        Integer.class,
                        String.class,
                        _ -> new String("about " + x.require() / 10));
        x.set(1);
        String first = text.of(1);
        x.set(2);
        assertThat(text.of(1)).as("an equal value").isSameAs(first);
        assertThat(text.statistics().computed()).isEqualTo(2);
        x.set(11);
        assertThat(text.of(1)).isEqualTo("about 1");
    }

    @Test
    void aWatchShowsWhatItsQueryCallsDifferentAndNothingElse() {
        Query<Integer, Integer> nearly = nearly();
        x.set(0);
        try (Subscription<Integer> watch = nearly.watch(1)) {
            assertThat(watch.next()).isZero();
            x.set(1);
            x.set(2);
            assertThat(watch.next()).isEqualTo(2);
        }
    }

    /**
     * The value that was dropped is not known any more, so another one must not pass for it: a
     * reader that has the first would be taken for one of the second.
     */
    @Test
    void aDroppedValueOfAnUntrackedQueryIsNotTakenForTheNext() {
        AtomicInteger outside = new AtomicInteger(10);
        Query<Integer, Integer> untracked =
                queries.define("untracked", Integer.class, Integer.class)
                        .untracked()
                        .maximumSize(1)
                        .as(key -> key == 1 ? outside.get() : 0);
        Query<Integer, Integer> reader =
                queries.query("reader", Integer.class, Integer.class, untracked::of);
        x.set(1);
        assertThat(reader.of(1)).isEqualTo(10);
        untracked.of(2); // takes the place of the first
        assertThat(untracked.statistics().evicted()).isPositive();
        outside.set(20);
        assertThat(untracked.of(1)).isEqualTo(20);
        x.set(2);
        assertThat(untracked.of(1)).isEqualTo(20);
        assertThat(reader.of(1)).isEqualTo(20);
        new Sweep(queries.engine()).check(timeline.published());
    }
}
