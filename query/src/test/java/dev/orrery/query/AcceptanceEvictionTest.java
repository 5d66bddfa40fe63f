package dev.orrery.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.OrreryException;
import dev.orrery.core.Revision;
import dev.orrery.core.Subscription;
import dev.orrery.core.Timeline;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Values that are dropped to save memory, and come back when they are read. Law Q25. */
class AcceptanceEvictionTest {
    private final Timeline timeline = Timeline.startingAt("test", new Revision(0));
    private final Queries queries = new Queries(timeline, Thread.ofVirtual().factory());
    private final List<Integer> ran = new ArrayList<>();
    private final Input<Integer, Integer> x = queries.input("x", Integer.class, Integer.class);
    private final Definition<Integer, Integer> half = limited("half", 8);
    private final Query<Integer, Integer> reader =
            queries.query("reader", Integer.class, Integer.class, this::reader);
    private int readerRuns;

    private Definition<Integer, Integer> limited(String name, int size) {
        return (Definition<Integer, Integer>)
                queries.define(name, Integer.class, Integer.class).maximumSize(size).as(this::half);
    }

    private int half(int key) {
        ran.add(key);
        if (key < 0) {
            throw new IllegalStateException("negative");
        }
        return x.find(key).orElse(0) / 2;
    }

    private int reader(int key) {
        readerRuns++;
        return half.of(key) + 1;
    }

    @AfterEach
    void close() {
        queries.close();
    }

    @Test
    @DisplayName("H1: of 200 keys at most 50 values are kept, and every read is right")
    void atMostTheLimitIsKept() {
        Definition<Integer, Integer> fifty = limited("fifty", 50);
        timeline.commit(() -> {
            for (int key = 0; key < 200; key++) {
                x.set(key, 2 * key);
            }
        });
        for (int round = 0; round < 2; round++) {
            for (int key = 0; key < 200; key++) {
                assertThat(fifty.of(key)).isEqualTo(key);
                assertThat(fifty.valuesKept()).isLessThanOrEqualTo(50);
            }
        }
        assertThat(fifty.statistics().evicted()).isEqualTo(350);
    }

    @Test
    @DisplayName("H5: an evicted value is computed again when it is read, and its readers are not")
    void anEvictedValueIsComputedAgainAndItsReadersAreNot() {
        for (int key = 0; key < 32; key++) {
            assertThat(reader.of(key)).isEqualTo(1);
        }
        assertThat(half.valuesKept()).isEqualTo(8);
        assertThat(readerRuns).isEqualTo(32);
        ran.clear();
        x.set(1_000, 1);
        for (int key = 0; key < 32; key++) {
            assertThat(reader.of(key)).as("a hit, without the value below").isEqualTo(1);
        }
        assertThat(ran).isEmpty();
        assertThat(half.of(0)).isZero();
        assertThat(half.of(0)).isZero();
        assertThat(ran).containsExactly(0);
        x.set(0, 1);
        assertThat(reader.of(0)).as("an equal value").isEqualTo(1);
        x.set(0, 4);
        assertThat(reader.of(0)).isEqualTo(3);
        assertThat(readerRuns).isEqualTo(33);
    }

    @Test
    void anUntouchedDependencyOfAnEvictedValueSparesItsReaders() {
        x.set(0, 4);
        assertThat(reader.of(0)).isEqualTo(3);
        for (int key = 1; key < 32; key++) {
            half.of(key);
        }
        Node node = half.node(0);
        assertThat(node.memo.isEmptied()).isTrue();
        ran.clear();
        half.forget(31); // a revision, and nothing more
        assertThat(reader.of(0)).isEqualTo(3);
        assertThat(ran).isEmpty();
        assertThat(half.of(0)).isEqualTo(2);
        assertThat(node.memo.isEmptied()).isFalse();
        assertThat(readerRuns).isEqualTo(1);
    }

    @Test
    @DisplayName("D8: a failure is not evicted within its revision")
    void aFailureIsNotEvicted() {
        assertThatThrownBy(() -> half.of(-1)).isInstanceOf(OrreryException.UserFailure.class);
        for (int key = 0; key < 32; key++) {
            half.of(key);
        }
        ran.clear();
        assertThatThrownBy(() -> half.of(-1)).isInstanceOf(OrreryException.UserFailure.class);
        assertThat(ran).isEmpty();
    }

    @Test
    void whatASnapshotNeedsIsAnsweredAsItWas() {
        x.set(0, 4);
        assertThat(half.of(0)).isEqualTo(2);
        try (Snapshot snapshot = queries.snapshot()) {
            for (int key = 1; key < 32; key++) {
                half.of(key);
            }
            x.set(0, 10);
            assertThat(half.of(0)).isEqualTo(5);
            assertThat(snapshot.<Integer>read(() -> half.of(0))).isEqualTo(2);
            snapshot.commit(() -> x.set(1, 6));
            assertThat(snapshot.<Integer>read(() -> half.of(0) + half.of(1))).isEqualTo(5);
        }
    }

    @Test
    void aWatchedValueStays() {
        try (Subscription<Integer> watched = half.watch(0)) {
            assertThat(watched.next()).isZero();
            for (int key = 1; key < 32; key++) {
                half.of(key);
            }
            assertThat(half.node(0).memo.isEmptied()).isFalse();
        }
    }

    @Test
    void whatIsReadAgainAndAgainStays() {
        half.of(0);
        for (int key = 1; key < 100; key++) {
            half.of(key);
            half.of(0);
        }
        assertThat(ran).filteredOn(key -> key == 0).hasSize(1);
    }

    @Test
    void aWeightLimitsTheSumOfTheValues() {
        Definition<Integer, String> texts =
                (Definition<Integer, String>)
                        queries.define("texts", Integer.class, String.class)
                                .maximumWeight(100, String::length)
                                .as("x"::repeat);
        for (int length = 1; length <= 40; length++) {
            assertThat(texts.of(length)).hasSize(length);
        }
        assertThat(texts.valuesKept()).isBetween(1, 3);
        assertThat(texts.of(1_000)).as("heavier than all").hasSize(1_000);
        assertThat(texts.of(1_000)).hasSize(1_000);
    }

    @Test
    void aLimitOfNothingIsRefused() {
        assertThatThrownBy(() -> queries.define("none", String.class, String.class).maximumSize(0))
                .isInstanceOf(OrreryException.Invalid.class);
    }
}
