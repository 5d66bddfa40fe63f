package dev.orrery.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.Column;
import dev.orrery.core.LocalRelation;
import dev.orrery.core.OrreryException;
import dev.orrery.core.Revision;
import dev.orrery.core.Row;
import dev.orrery.core.Timeline;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Snapshots that are written to: isolated both ways, each cell adopted once. Law Q15. */
class SnapshotsTest {
    private final Timeline timeline = Timeline.startingAt("test", new Revision(0));
    private final Queries queries = new Queries(timeline, Thread.ofVirtual().factory());
    private final List<String> ran = new ArrayList<>();
    private final Input<String, Integer> x = queries.input("x", String.class, Integer.class);
    private final Query<String, Integer> doubled =
            queries.query("doubled", String.class, Integer.class, this::doubled);
    private final Query<String, Integer> sum =
            queries.query("sum", String.class, Integer.class, this::sum);
    private final Query<String, Integer> large =
            queries.query("large", String.class, Integer.class, this::large);

    private int doubled(String key) {
        ran.add("doubled(" + key + ")");
        return 2 * x.find(key).orElse(0);
    }

    private int sum(String keys) {
        ran.add("sum(" + keys + ")");
        return keys.chars().map(key -> doubled.of(Character.toString(key))).sum();
    }

    private int large(String name) {
        ran.add("large(" + name + ")");
        return x.where(Column.integer("value").gt(10)).list().size();
    }

    @AfterEach
    void close() {
        queries.close();
    }

    @Test
    void ownWritesAreSeenInTheSnapshotAndNowhereElse() {
        x.set("a", 1);
        try (Snapshot snapshot = queries.snapshot()) {
            snapshot.commit(() -> x.set("a", 5));
            assertThat(snapshot.<Integer>read(() -> doubled.of("a"))).isEqualTo(10);
            assertThat(snapshot.<Integer>read(() -> x.require("a"))).isEqualTo(5);
            assertThat(doubled.of("a")).isEqualTo(2);
            assertThat(x.find("a")).contains(1);
            assertThat(timeline.now()).isEqualTo(new Revision(1));
        }
    }

    @Test
    void whatIsCommittedLaterIsNotSeenInTheSnapshot() {
        x.set("a", 1);
        try (Snapshot snapshot = queries.snapshot()) {
            snapshot.commit(() -> x.set("b", 3));
            x.set("a", 7);
            x.set("b", 7);
            assertThat(snapshot.<Integer>read(() -> sum.of("ab"))).isEqualTo(8);
            assertThat(sum.of("ab")).isEqualTo(28);
            snapshot.commit(() -> x.set("a", 2));
            assertThat(snapshot.<Integer>read(() -> sum.of("ab"))).isEqualTo(10);
            assertThat(sum.of("ab")).isEqualTo(28);
        }
    }

    @Test
    void onlyWhatStandsOnOwnWritesRuns() {
        timeline.commit(() -> {
            x.set("a", 1);
            x.set("b", 2);
            x.set("c", 3);
        });
        assertThat(sum.of("abc")).isEqualTo(12);
        assertThat(sum.of("bc")).isEqualTo(10);
        assertThat(large.of("all")).isZero();
        ran.clear();
        try (Snapshot snapshot = queries.snapshot()) {
            snapshot.commit(() -> x.set("a", 4));
            assertThat(snapshot.<Integer>read(() -> sum.of("abc"))).isEqualTo(18);
            assertThat(snapshot.<Integer>read(() -> sum.of("bc"))).isEqualTo(10);
            assertThat(snapshot.<Integer>read(() -> large.of("all"))).isZero();
            assertThat(ran).containsExactly("doubled(a)", "sum(abc)");
            ran.clear();
            snapshot.commit(() -> x.set("d", 40));
            assertThat(snapshot.<Integer>read(() -> sum.of("abc"))).isEqualTo(18);
            assertThat(snapshot.<Integer>read(() -> large.of("all"))).isEqualTo(1);
            assertThat(ran).containsExactly("large(all)");
        }
        ran.clear();
        assertThat(sum.of("abc")).isEqualTo(12);
        assertThat(large.of("all")).isZero();
        assertThat(ran).isEmpty();
    }

    @Test
    void ownWritesPutNothingInDoubtElsewhere() {
        x.set("a", 1);
        doubled.of("a");
        long marked = doubled.statistics().marked();
        Memo before = node("a").memo;
        try (Snapshot snapshot = queries.snapshot()) {
            snapshot.commit(() -> x.set("a", 5));
            snapshot.<Integer>read(() -> doubled.of("a"));
            snapshot.commit(() -> x.remove("a"));
            snapshot.<Integer>read(() -> doubled.of("a"));
            snapshot.<Integer>read(() -> doubled.of("never asked outside"));
        }
        assertThat(node("a").memo).isSameAs(before);
        assertThat(((Definition<String, Integer>) doubled).findNode("never asked outside"))
                .isNull();
        assertThat(doubled.statistics().marked() - marked)
                .as("marks of the snapshot's own results")
                .isEqualTo(1);
    }

    private Node node(String key) {
        return ((Definition<String, Integer>) doubled).node(key);
    }

    @Test
    void removingAKeyInASnapshotDoesNotBringTheValueBelowBack() {
        x.set("a", 11);
        try (Snapshot snapshot = queries.snapshot()) {
            snapshot.commit(() -> x.remove("a"));
            for (int i = 0; i < 3; i++) {
                int other = i;
                snapshot.commit(() -> x.set("b", other)); // drains what may be forgotten
            }
            assertThat(snapshot.<Optional<Integer>>read(() -> x.find("a"))).isEmpty();
            assertThat(snapshot.<Integer>read(() -> large.of("all"))).isZero();
            assertThat(snapshot.<List<String>>read(x::keys)).containsExactly("b");
        }
        assertThat(x.find("a")).contains(11);
    }

    @Test
    void aCommitOfASnapshotSeesItsOwnWritesAndIsAllOrNothing() {
        x.set("a", 1);
        try (Snapshot snapshot = queries.snapshot()) {
            Revision made =
                    snapshot.commit(() -> {
                        x.set("a", x.require("a") + 1);
                        x.set("a", x.require("a") * 10);
                        x.set("b", doubled.of("a"));
                        assertThat(x.keys()).containsExactly("a", "b");
                    });
            assertThat(made).isEqualTo(new Revision(2));
            assertThat(snapshot.<Integer>read(() -> x.require("a"))).isEqualTo(20);
            assertThat(snapshot.<Integer>read(() -> x.require("b")))
                    .as("a query inside does not see the commit under way")
                    .isEqualTo(2);
            assertThatThrownBy(() ->
                            snapshot.commit(() -> {
                                x.set("a", 0);
                                throw new IllegalStateException("no");
                            }))
                    .hasMessage("no");
            assertThat(snapshot.<Integer>read(() -> x.require("a"))).isEqualTo(20);
            assertThat(snapshot.commit(() -> x.set("a", 20)))
                    .as("a commit without effect")
                    .isEqualTo(made);
            snapshot.commit(() -> {
                x.set("a", doubled.of("a")); // of the snapshot, not of the newest revision
                timeline.commit(() -> x.set("c", 1)); // joins
            });
            assertThat(snapshot.<Integer>read(() -> x.require("a"))).isEqualTo(40);
            assertThat(x.find("c")).isEmpty();
        }
    }

    /** A relation that only its own code changes. */
    private static final class Derived extends LocalRelation<String, Integer> {
        Derived(Timeline timeline) {
            super(timeline, "derived");
        }

        void put(String key, int value) {
            timeline().transact("test", transaction -> transaction.put(this, key, value));
        }

        @Override
        public Row toRow(String key, Integer value) {
            return Row.of("value", value);
        }
    }

    @Test
    void aWriteToAnythingButAnInputIsRefusedByName() {
        Derived derived = new Derived(timeline);
        derived.put("a", 1);
        Query<String, Integer> reader =
                queries.query("reader", String.class, Integer.class, derived::require);
        try (Snapshot snapshot = queries.snapshot()) {
            assertThatThrownBy(() -> snapshot.commit(() -> derived.put("a", 2)))
                    .isInstanceOf(OrreryException.Unsupported.class)
                    .hasMessageContaining("derived")
                    .hasMessageContaining("snapshot");
            snapshot.commit(() -> x.set("a", 2));
            derived.put("a", 3);
            assertThat(snapshot.<Integer>read(() -> reader.of("a")))
                    .as("other sources are read as of the pin")
                    .isEqualTo(1);
            assertThat(reader.of("a")).isEqualTo(3);
        }
    }

    @Test
    void aSnapshotOfASnapshotGoesItsOwnWayToo() {
        x.set("a", 1);
        Snapshot first = queries.snapshot();
        first.commit(() -> x.set("a", 2));
        first.<Integer>read(() -> sum.of("ab"));
        try (Snapshot second = first.snapshot()) {
            first.commit(() -> x.set("b", 10));
            assertThat(second.<Integer>read(() -> sum.of("ab"))).isEqualTo(4);
            second.commit(() -> x.set("b", 1));
            first.close(); // what the second one stands on stays
            x.set("a", 100);
            assertThat(second.<Integer>read(() -> sum.of("ab"))).isEqualTo(6);
            ran.clear();
            second.commit(() -> x.set("c", 1));
            assertThat(second.<Integer>read(() -> sum.of("ab"))).isEqualTo(6);
            assertThat(ran).isEmpty();
        }
        assertThat(sum.of("ab")).isEqualTo(200);
        assertThatThrownBy(() -> first.read(() -> 1)).isInstanceOf(OrreryException.Closed.class);
    }

    @Test
    void aSnapshotThatNeverWritesSharesResultsAndFlights() {
        x.set("a", 1);
        try (Snapshot one = queries.snapshot();
                Snapshot other = queries.snapshot();
                Snapshot nested = one.snapshot()) {
            assertThat(one.<Integer>read(() -> doubled.of("a"))).isEqualTo(2);
            assertThat(other.<Integer>read(() -> doubled.of("a"))).isEqualTo(2);
            assertThat(nested.<Integer>read(() -> doubled.of("a"))).isEqualTo(2);
            assertThat(doubled.of("a")).isEqualTo(2);
            assertThat(ran).containsExactly("doubled(a)");
        }
    }

    @Test
    void aCommitInsideAQueryOrASnapshotIsRefused() {
        try (Snapshot snapshot = queries.snapshot()) {
            assertThatThrownBy(() -> snapshot.read(() -> snapshot.commit(() -> x.set("a", 1))))
                    .isInstanceOf(OrreryException.Unsupported.class);
            assertThatThrownBy(() ->
                            snapshot.read(() -> {
                                x.set("a", 1);
                                return 0;
                            }))
                    .isInstanceOf(OrreryException.Unsupported.class);
        }
    }

    @Test
    void explainInASnapshotTellsOfTheSnapshotsOwnRun() {
        x.set("a", 1);
        doubled.of("a");
        try (Snapshot snapshot = queries.snapshot()) {
            snapshot.commit(() -> x.set("a", 2));
            snapshot.<Integer>read(() -> doubled.of("a"));
            assertThat(snapshot.<Explanation>read(() -> doubled.explain("a")).verdict())
                    .isEqualTo(Explanation.Verdict.CHANGED);
            assertThat(doubled.explain("a").verdict()).isEqualTo(Explanation.Verdict.FIRST);
        }
    }
}
