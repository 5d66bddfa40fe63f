package dev.orrery.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.core.Revision;
import dev.orrery.core.Timeline;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is visited: exactly what lies above a change, and nothing twice. Laws Q4 and Q14. */
class FanInTest {
    private static final int LEAVES = 10_000;

    private final Timeline timeline = Timeline.startingAt("test", new Revision(0));
    private final Queries queries = new Queries(timeline, Thread.ofVirtual().factory());
    private final Input<Integer, Integer> input =
            queries.input("input", Integer.class, Integer.class);
    private final SingleInput<Integer> aside = queries.input("aside", Integer.class);
    private final Query<Integer, Integer> leaf =
            queries.query("leaf", Integer.class, Integer.class, key -> input.require(key) / 10);
    private final Query<Integer, Integer> middle =
            queries.query(
                    "middle",
                    Integer.class,
                    Integer.class,
                    hundred -> {
                        int sum = 0;
                        for (int i = 0; i < 100; i++) {
                            sum += leaf.of(hundred * 100 + i);
                        }
                        return sum;
                    });
    private final SingleQuery<Integer> root =
            queries.query(
                    "root",
                    Integer.class,
                    () -> {
                        int sum = 0;
                        for (int i = 0; i < LEAVES / 100; i++) {
                            sum += middle.of(i);
                        }
                        return sum;
                    });

    FanInTest() {
        timeline.commit(() -> {
            for (int i = 0; i < LEAVES; i++) {
                input.set(i, 0);
            }
        });
        root.now();
    }

    @AfterEach
    void close() {
        queries.close();
    }

    /** What happened since. */
    private Statistics since(Statistics before) {
        Statistics now = queries.statistics();
        return new Statistics(
                now.computed() - before.computed(),
                now.spared() - before.spared(),
                now.hits() - before.hits(),
                now.marked() - before.marked(),
                now.visited() - before.visited(),
                now.evicted() - before.evicted());
    }

    @Test
    void oneChangedLeafOfManyMarksAndVisitsItsConeOnly() {
        Statistics before = queries.statistics();
        input.set(4711, 1);
        assertThat(since(before).marked()).as("leaf, middle, root").isEqualTo(3);
        assertThat(root.now()).isZero();
        Statistics after = since(before);
        assertThat(after.computed()).as("the leaf, whose value is the same").isEqualTo(1);
        assertThat(after.spared()).as("middle and root").isEqualTo(2);
        assertThat(after.visited()).as("a suspect on each level").isEqualTo(3);
    }

    @Test
    void aChangedValueRunsItsConeOnly() {
        Statistics before = queries.statistics();
        input.set(4711, 25);
        assertThat(root.now()).isEqualTo(2);
        assertThat(since(before).computed()).isEqualTo(3);
        assertThat(leaf.statistics().computed()).isEqualTo(LEAVES + 1);
    }

    @Test
    void aSecondWriteWalksNothing() {
        input.set(4711, 1);
        Statistics before = queries.statistics();
        input.set(4711, 2);
        timeline.commit(() -> input.set(4711, 3));
        assertThat(since(before)).isEqualTo(new Statistics(0, 0, 0, 0, 0, 0));
    }

    @Test
    void anUnrelatedCommitIsNotVisitedByAnyone() {
        Statistics before = queries.statistics();
        aside.set(1);
        root.now();
        assertThat(since(before)).isEqualTo(new Statistics(0, 0, 1, 0, 0, 0));
    }

    @Test
    void aDependencyThatIsDroppedIsNotMarkedAgain() {
        SingleQuery<Integer> choice =
                queries.query(
                        "choice",
                        Integer.class,
                        () -> aside.find().isPresent() ? input.require(1) : input.require(2));
        assertThat(choice.now()).isZero();
        aside.set(1);
        choice.now();
        Statistics before = queries.statistics();
        input.set(2, 7);
        assertThat(choice.statistics().marked()).isEqualTo(1);
        choice.now();
        assertThat(since(before).computed()).isZero();
        new Sweep(queries.engine()).check(timeline.published());
    }

    @Test
    void anInputWithManyReadersIsWalkedOnce() {
        Query<Integer, Integer> reader =
                queries.query(
                        "reader",
                        Integer.class,
                        Integer.class,
                        key -> key + aside.find().orElse(0));
        for (int i = 0; i < LEAVES; i++) {
            reader.of(i);
        }
        aside.set(1);
        assertThat(reader.statistics().marked()).isEqualTo(LEAVES);
        aside.set(2);
        assertThat(reader.statistics().marked()).isEqualTo(LEAVES);
        new Sweep(queries.engine()).check(timeline.published());
    }
}
