package dev.orrery.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.OrreryException;
import dev.orrery.core.Revision;
import dev.orrery.core.Timeline;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A key's fact and a key's result, each held by itself. Laws Q1, Q15. */
class HandlesTest {
    private final Timeline timeline = Timeline.startingAt("test", new Revision(0));
    private final Queries queries = new Queries(timeline, Thread.ofVirtual().factory());
    private final Input<String, Integer> numbers =
            queries.input("numbers", String.class, Integer.class);
    private final Query<String, Integer> twice =
            queries.query("twice", String.class, Integer.class, key -> 2 * numbers.require(key));

    @AfterEach
    void close() {
        queries.close();
    }

    @Test
    void aHandleIsOfTheSameFactAndTheSameResult() {
        SingleInput<Integer> one = numbers.with("a");
        SingleQuery<Integer> result = twice.with("a");
        one.set(1);
        assertThat(result.now()).isEqualTo(2);
        assertThat(twice.of("a")).isEqualTo(2);
        numbers.set("a", 2);
        assertThat(one.require()).isEqualTo(2);
        assertThat(result.outcome().orThrow()).isEqualTo(4);
        assertThat(twice.of("a")).isEqualTo(4);
        assertThat(twice.statistics().computed()).isEqualTo(2);
        assertThat(result).hasToString("twice(a)");
        assertThat(one).hasToString("numbers(a)");
    }

    @Test
    void aFactThatWasRemovedIsStillReadThroughItsHandle() {
        SingleInput<Integer> one = numbers.with("a");
        SingleQuery<Integer> found =
                queries.query("found", Integer.class, () -> one.find().orElse(-1));
        assertThat(found.now()).isEqualTo(-1);
        one.set(1);
        assertThat(found.now()).isEqualTo(1);
        one.remove();
        timeline.commit(() -> numbers.set("b", 1)); // in which what is dead is dropped
        assertThat(found.now()).isEqualTo(-1);
        numbers.set("a", 3);
        assertThat(found.now()).isEqualTo(3);
        one.remove();
        assertThatThrownBy(one::require)
                .isInstanceOf(OrreryException.Missing.class)
                .hasMessageContaining("a");
    }

    @Test
    void handlesReadWhatASnapshotSees() {
        SingleInput<Integer> one = numbers.with("a");
        SingleQuery<Integer> result = twice.with("a");
        SingleQuery<Integer> above =
                queries.query("above", Integer.class, () -> result.now() + one.require());
        one.set(1);
        try (Snapshot snapshot = queries.snapshot()) {
            one.set(10);
            assertThat(snapshot.read(above::now)).isEqualTo(3);
            snapshot.commit(() -> one.set(2));
            assertThat(snapshot.read(above::now)).isEqualTo(6);
            assertThat(snapshot.read(one::require)).isEqualTo(2);
            assertThat(above.now()).isEqualTo(30);
        }
    }

    @Test
    void twoRuntimesOnOneTimelineReadTheSameKeys() {
        try (Queries others = new Queries(timeline, Thread.ofVirtual().factory())) {
            SingleInput<Integer> one = numbers.with("a");
            SingleQuery<Integer> theirs = others.query("theirs", Integer.class, one::require);
            SingleQuery<Integer> ours = queries.query("ours", Integer.class, one::require);
            for (int i = 0; i < 3; i++) {
                one.set(i);
                assertThat(ours.now()).isEqualTo(i);
                assertThat(theirs.now()).isEqualTo(i);
            }
        }
    }

    @Test
    void nothingIsReadThroughAHandleOfAClosedRuntime() {
        numbers.set("a", 1);
        SingleQuery<Integer> result = twice.with("a");
        assertThat(result.now()).isEqualTo(2);
        queries.close();
        assertThatThrownBy(result::now).isInstanceOf(OrreryException.Closed.class);
    }

    @Test
    void everyKeyIsFoundAgainWhateverThreadsAddThem() throws InterruptedException {
        Query<Integer, Integer> plain =
                queries.query("plain", Integer.class, Integer.class, key -> key);
        int keys = 20_000;
        List<Thread> threads = new ArrayList<>();
        for (int part = 0; part < 4; part++) {
            int step = part % 2 == 0 ? 1 : -1;
            threads.add(
                    Thread.ofVirtual()
                            .start(() -> {
                                for (int i = 0; i < keys; i++) {
                                    int key = 1_000 * (step > 0 ? i : keys - 1 - i);
                                    if (plain.of(key) != key) {
                                        throw new AssertionError("not of " + key);
                                    }
                                }
                            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(((Definition<Integer, Integer>) plain).nodes()).hasSize(keys);
        assertThat(plain.statistics().computed()).isEqualTo(keys);
    }
}
