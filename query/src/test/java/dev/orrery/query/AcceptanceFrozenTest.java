package dev.orrery.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.OrreryException;
import dev.orrery.core.OrreryException.Unsupported;
import dev.orrery.core.Revision;
import dev.orrery.core.Timeline;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Acceptance: facts that stay once they are there. */
// law C64
class AcceptanceFrozenTest {
    private final Timeline timeline = Timeline.startingAt("test", new Revision(0));
    private final Queries queries = new Queries(timeline, Thread.ofVirtual().factory());
    private final Input<Integer, Integer> fixed =
            queries.defineInput("fixed", Integer.class, Integer.class).frozen().create();
    private final Input<Integer, Integer> x = queries.input("x", Integer.class, Integer.class);
    private final Query<Integer, Integer> sum =
            queries.query(
                    "sum",
                    Integer.class,
                    Integer.class,
                    key -> fixed.find(key).orElse(-1) + x.find(key).orElse(0));

    @TempDir Path directory;

    @AfterEach
    void close() {
        queries.close();
    }

    /** The random run with labels, which are on half of the worlds; here on all, and many. */
    @Test
    @DisplayName("M3: answers are the same whichever facts are frozen")
    void answersAreTheSameWhicheverFactsAreFrozen() {
        Seeds.of(12)
                .forEach(seed ->
                        Seeds.run(
                                seed,
                                () ->
                                        new RandomRun(
                                                        seed,
                                                        java.time.Duration.ofMillis(150),
                                                        java.util.Set.of())
                                                .check()));
    }

    @Test
    void aFrozenFactIsNoDependencyAndItsAbsenceIsOne() {
        assertThat(sum.of(1)).isEqualTo(-1);
        assertThat(sum.explain(1).reads()).containsExactly("fixed(1)", "x(1)");
        fixed.set(1, 10);
        assertThat(sum.of(1)).isEqualTo(10);
        assertThat(sum.explain(1).reads()).containsExactly("x(1)");
        x.set(1, 5);
        assertThat(sum.of(1)).isEqualTo(15);
        assertThat(sum.statistics().computed()).isEqualTo(3);
    }

    /** The other results of a batch are as they were. */
    @Test
    void toChangeOrRemoveItIsRefusedWithItsWholeCommit() {
        timeline.commit(() -> {
            fixed.set(1, 10);
            fixed.set(1, 11); // the last write of a commit is the one that counts
        });
        Revision before = timeline.now();
        assertThatThrownBy(() ->
                        timeline.commit(() -> {
                            x.set(1, 1);
                            fixed.set(2, 2);
                            fixed.set(1, 12);
                        }))
                .isInstanceOf(Unsupported.class)
                .hasMessageContaining("the frozen fixed");
        assertThatThrownBy(() -> fixed.remove(1)).isInstanceOf(Unsupported.class);
        assertThat(timeline.now()).isEqualTo(before);
        assertThat(x.find(1)).isEmpty();
        fixed.set(1, 11); // it is so
        fixed.remove(3); // nothing is there
        assertThat(timeline.now()).isEqualTo(before);
        assertThatThrownBy(() ->
                        timeline.transact(
                                "test",
                                transaction -> {
                                    transaction.persist("store", () -> {});
                                    fixed.set(5, 5);
                                }))
                .isInstanceOf(Unsupported.class);
        assertThat(fixed.find(5)).isEmpty();
    }

    @Test
    void anOlderSnapshotDoesNotSeeItAndNoSnapshotChangesIt() {
        try (Snapshot before = queries.snapshot()) {
            fixed.set(1, 10);
            assertThat(sum.of(1)).isEqualTo(10);
            assertThat(before.<Integer>read(() -> sum.of(1))).isEqualTo(-1);
            before.commit(() -> fixed.set(1, 20)); // there it was not yet
            assertThat(before.<Integer>read(() -> sum.of(1))).isEqualTo(20);
        }
        try (Snapshot after = queries.snapshot()) {
            assertThatThrownBy(() -> after.commit(() -> fixed.set(1, 20)))
                    .isInstanceOf(Unsupported.class);
            after.commit(() -> x.set(1, 1));
            assertThat(after.<Integer>read(() -> sum.of(1))).isEqualTo(11);
        }
    }

    /** Ten thousand facts, and not one edge or leaf of them. */
    @Test
    void aResultOverFrozenFactsKeepsNoTraceOfThem() {
        int many = 10_000;
        timeline.commit(() -> IntStream.range(0, many).forEach(key -> fixed.set(key, 1)));
        SingleQuery<Integer> wide =
                queries.query(
                        "wide",
                        Integer.class,
                        () -> IntStream.range(0, many).map(fixed::require).sum());
        assertThat(wide.now()).isEqualTo(many);
        assertThat(wide.explain().reads()).isEmpty();
        assertThat(queries.engine().sources.knows(fixed)).isFalse();
        x.set(1, 1);
        assertThat(wide.now()).isEqualTo(many);
        assertThat(wide.statistics().computed()).isEqualTo(1);
        assertThat(queries.statistics().visited()).isZero();
    }

    /** What a circle rests on may be frozen, too. */
    @Test
    void aCircleMayRestOnFrozenFacts() {
        fixed.set(0, 7);
        Query<Integer, Integer> step =
                Circling.over(queries, key -> fixed.require(0) + x.find(key).orElse(0));
        assertThat(step.of(0)).isEqualTo(7);
        x.set(1, 2);
        assertThat(step.of(0)).isEqualTo(9);
    }

    /** The greatest of what two members say, each of which reads the other. */
    private static final class Circling {
        static Query<Integer, Integer> over(
                Queries queries, java.util.function.IntUnaryOperator own) {
            Query<Integer, Integer>[] step = one();
            step[0] =
                    queries.define("step", Integer.class, Integer.class)
                            .fixedPoint(_ -> 0)
                            .as(key -> Math.max(own.applyAsInt(key), step[0].of(1 - key)));
            return step[0];
        }

        @SuppressWarnings("unchecked") // an array of one query
        private static Query<Integer, Integer>[] one() {
            return (Query<Integer, Integer>[]) new Query<?, ?>[1];
        }
    }

    /** In another life the facts may be others, so a stored result says what it has read. */
    @Test
    void aStoredResultIsNotBelievedWhenTheFactsAreOthers() {
        try (Life life = new Life("fixed")) {
            life.fixed.set(1, 10);
            assertThat(life.doubled.of(1)).isEqualTo(20);
            life.queries.save();
        }
        try (Life life = new Life("fixed")) {
            assertThat(life.doubled.of(1)).isEqualTo(20);
            assertThat(life.doubled.statistics().computed()).isZero();
            assertThatThrownBy(() -> life.fixed.set(1, 11)).isInstanceOf(Unsupported.class);
        }
        try (Life life = new Life("renamed")) {
            life.fixed.setAll(Map.of(1, 11));
            assertThat(life.doubled.of(1)).isEqualTo(22);
        }
    }

    /** A process with a frozen input under a name, and a result over it. */
    private final class Life implements AutoCloseable {
        final QueryStore store = QueryStore.open(directory);
        final Queries queries =
                new Queries(
                        Timeline.startingAt("life", store.revision()),
                        Thread.ofVirtual().factory(),
                        store);
        final Input<Integer, Integer> fixed;
        final Query<Integer, Integer> doubled;

        Life(String name) {
            fixed = queries.defineInput(name, Integer.class, Integer.class).frozen().create();
            doubled =
                    queries.query(
                            "doubled",
                            Integer.class,
                            Integer.class,
                            key -> {
                                try {
                                    return 2 * fixed.require(key);
                                } catch (OrreryException.Missing none) {
                                    return 0;
                                }
                            });
        }

        @Override
        public void close() {
            queries.close();
            store.close();
        }
    }
}
