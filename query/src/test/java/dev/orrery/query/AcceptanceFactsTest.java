package dev.orrery.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.Commit;
import dev.orrery.core.Cursor;
import dev.orrery.core.Delivery;
import dev.orrery.core.OrreryException.Missing;
import dev.orrery.core.Revision;
import dev.orrery.core.Subscription;
import dev.orrery.core.Timeline;
import dev.orrery.core.Type;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Revisions, facts and batches of them. */
class AcceptanceFactsTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    private final Timeline timeline = Timeline.startingAt("test", new Revision(0));
    private final Queries queries = new Queries(timeline, Thread.ofVirtual().factory());
    private final Input<String, String> text = queries.input("text", String.class, String.class);
    private final Input<Integer, Integer> slot =
            queries.input("slot", Integer.class, Integer.class);

    @AfterEach
    void close() {
        queries.close();
    }

    private long revision() {
        return timeline.now().number();
    }

    /** The revision of what a change made last, and how many were told of. */
    private Cursor told() {
        return timeline.commits().head();
    }

    @Test
    @DisplayName("A1: a new runtime is at revision 0, and a watcher sees that at once")
    void theBeginning() {
        assertThat(revision()).isZero();
        try (Subscription<Revision> revisions = timeline.revision().watch()) {
            assertThat(revisions.next(SOON)).hasValue(new Revision(0));
        }
    }

    @Test
    @DisplayName("A2: a fact makes a revision, and wakes who watches")
    void aFact() {
        try (Subscription<Revision> revisions = timeline.revision().watch()) {
            revisions.next(SOON);
            assertThat(timeline.commit(() -> text.set("a", "hello"))).isEqualTo(new Revision(1));
            assertThat(revision()).isEqualTo(1);
            assertThat(revisions.next(SOON)).hasValue(new Revision(1));
        }
    }

    @Test
    @DisplayName("A3: an equal value makes no revision and tells nobody")
    void anEqualFact() {
        text.set("a", "hello");
        Cursor told = told();
        assertThat(timeline.commit(() -> text.set("a", "hello"))).isEqualTo(new Revision(1));
        assertThat(revision()).isEqualTo(1);
        assertThat(told()).isEqualTo(told);
    }

    @Test
    @DisplayName("A4: another value makes the next revision, and is said to have changed there")
    void anotherFact() {
        Query<String, String> copy =
                queries.query("copy", String.class, String.class, text::require);
        text.set("a", "hello");
        copy.of("a");
        text.set("a", "bye");
        copy.of("a");
        assertThat(revision()).isEqualTo(2);
        assertThat(copy.explain("a").because())
                .hasValueSatisfying(changed -> assertThat(changed.at()).isEqualTo(new Revision(2)));
    }

    @Test
    @DisplayName("A5: taking away what is not there changes nothing")
    void nothingToRemove() {
        Cursor told = told();
        assertThat(timeline.commit(() -> text.remove("a"))).isEqualTo(new Revision(0));
        assertThat(revision()).isZero();
        assertThat(told()).isEqualTo(told);
    }

    @Test
    @DisplayName("A6: taking away twice changes something once")
    void removedTwice() {
        text.set("a", "hello");
        assertThat(timeline.commit(() -> text.remove("a"))).isEqualTo(new Revision(2));
        Cursor told = told();
        assertThat(timeline.commit(() -> text.remove("a"))).isEqualTo(new Revision(2));
        assertThat(told()).isEqualTo(told);
    }

    @Test
    @DisplayName("A8: that something was not there is a dependency")
    void absence() {
        Query<Integer, Integer> orZero =
                queries.query(
                        "or zero", Integer.class, Integer.class, key -> slot.find(key).orElse(0));
        assertThat(orZero.of(1)).isZero();
        slot.set(1, 5);
        assertThat(orZero.of(1)).isEqualTo(5);
        assertThat(orZero.statistics().computed()).isEqualTo(2);
    }

    @Test
    @DisplayName("A9: another key's value does not matter")
    void anotherKey() {
        Query<Integer, Integer> orZero =
                queries.query(
                        "or zero", Integer.class, Integer.class, key -> slot.find(key).orElse(0));
        orZero.of(1);
        slot.set(2, 9);
        assertThat(orZero.of(1)).isZero();
        assertThat(orZero.statistics().computed()).isEqualTo(1);
    }

    @Test
    @DisplayName("A10: a fact that is required and missing is named, each time alike")
    void missing() {
        Query<String, String> copy =
                queries.query("copy", String.class, String.class, text::require);
        assertThatThrownBy(() -> text.require("a"))
                .isInstanceOf(Missing.class)
                .hasMessageContaining("text")
                .hasMessageContaining("a");
        Outcome<String> first = copy.outcome("a");
        assertThat(first)
                .isInstanceOfSatisfying(
                        Outcome.Failed.class,
                        failed ->
                                assertThat(failed.failure()).hasRootCauseInstanceOf(Missing.class));
        assertThat(copy.outcome("a")).isEqualTo(first);
        assertThat(copy.statistics().computed()).isEqualTo(1);
    }

    @Test
    @DisplayName("A14: a map in another order is an equal value")
    void aMapInAnotherOrder() {
        Input<String, Map<String, Integer>> maps =
                queries.input("maps", String.class, Type.mapOf(String.class, Integer.class));
        Map<String, Integer> one = new LinkedHashMap<>();
        one.put("one", 1);
        one.put("two", 2);
        Map<String, Integer> other = new LinkedHashMap<>();
        other.put("two", 2);
        other.put("one", 1);
        maps.set("a", one);
        maps.set("a", other);
        assertThat(revision()).isEqualTo(1);
    }

    @Test
    @DisplayName("B1: a batch is one revision, told once")
    void aBatch() {
        try (Subscription<Delivery<Commit>> commits = timeline.commits().subscribe()) {
            timeline.commit(() -> {
                slot.set(1, 1);
                slot.set(2, 2);
            });
            text.set("after", "it");
            assertThat(((Delivery.Item<Commit>) commits.next()).value().revision())
                    .isEqualTo(new Revision(1));
            assertThat(((Delivery.Item<Commit>) commits.next()).value().revision())
                    .isEqualTo(new Revision(2));
        }
    }

    @Test
    @DisplayName("B1: a map of facts is one revision, and so is taking many away")
    void aMapOfFacts() {
        slot.setAll(Map.of(1, 1, 2, 2, 3, 3));
        assertThat(revision()).isEqualTo(1);
        assertThat(slot.keys()).containsExactly(1, 2, 3);
        slot.removeAll(List.of(1, 2, 9));
        assertThat(revision()).isEqualTo(2);
        assertThat(slot.keys()).containsExactly(3);
    }

    @Test
    @DisplayName("B2: a map of facts that are so already makes no revision")
    void aMapOfNothingNew() {
        slot.setAll(Map.of(1, 1, 2, 2));
        Cursor told = told();
        slot.setAll(Map.of(1, 1, 2, 2));
        slot.setAll(Map.of());
        slot.removeAll(List.of(7, 8));
        slot.removeAll(List.of());
        assertThat(revision()).isEqualTo(1);
        assertThat(told()).isEqualTo(told);
    }

    @Test
    @DisplayName("B3: within a batch the order of writes counts, of many and of one")
    void theOrderOfWrites() {
        slot.set(4, 4);
        timeline.commit(() -> {
            slot.setAll(Map.of(1, 1, 2, 2, 4, 5));
            slot.set(1, 9);
            slot.removeAll(List.of(2, 4));
            slot.setAll(Map.of(4, 4));
        });
        assertThat(revision()).isEqualTo(2);
        assertThat(slot.find(1)).hasValue(9);
        assertThat(slot.find(2)).isEmpty();
        assertThat(slot.find(4)).hasValue(4);
    }

    @Test
    void ofManyFactsNoneIsSetWhenOneIsRefused() {
        Map<Integer, Integer> values = new LinkedHashMap<>();
        values.put(1, 1);
        values.put(2, null);
        assertThatThrownBy(() -> slot.setAll(values)).isInstanceOf(NullPointerException.class);
        assertThat(revision()).isZero();
        assertThat(slot.keys()).isEmpty();
    }

    @Test
    @DisplayName("B2: a batch that changes nothing makes no revision")
    void aBatchOfNothing() {
        slot.set(1, 1);
        timeline.commit(() -> {
            slot.set(1, 1);
            slot.remove(2);
        });
        assertThat(revision()).isEqualTo(1);
    }

    @Test
    @DisplayName("B3: the last write of a batch is the one that counts")
    void theLastWrite() {
        timeline.commit(() -> {
            slot.set(1, 1);
            slot.set(1, 2);
            slot.set(1, 3);
        });
        assertThat(slot.find(1)).hasValue(3);
        assertThat(revision()).isEqualTo(1);
    }

    @Test
    @DisplayName("B6: who reads many slots of a batch is marked once")
    void markedOnce() {
        int slots = 10_000;
        Query<Integer, Integer> copy =
                queries.query(
                        "copy", Integer.class, Integer.class, key -> slot.find(key).orElse(0));
        SingleQuery<Integer> sum =
                queries.query(
                        "sum",
                        Integer.class,
                        () -> {
                            int total = 0;
                            for (int i = 0; i < slots; i++) {
                                total += slot.find(i).orElse(0);
                            }
                            return total;
                        });
        for (int i = 0; i < slots; i++) {
            copy.of(i);
        }
        sum.now();
        timeline.commit(() -> {
            for (int i = 0; i < slots; i++) {
                slot.set(i, 1);
            }
        });
        assertThat(copy.statistics().marked()).isEqualTo(slots);
        assertThat(sum.statistics().marked()).isEqualTo(1);
        assertThat(sum.now()).isEqualTo(slots);
    }
}
