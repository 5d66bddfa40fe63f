package dev.orrery.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.core.Revision;
import dev.orrery.core.Timeline;
import dev.orrery.core.Type;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which bodies of a settled circle run again, and which need not. Laws Q14, Q24 and Q26. */
class FixedPointWorkTest {
    private final Timeline timeline = Timeline.startingAt("test", new Revision(0));
    private final Queries queries = new Queries(timeline, Thread.ofVirtual().factory());
    private final Input<Integer, Integer> number =
            queries.input("number", Integer.class, Integer.class);
    private final Input<Integer, List<Integer>> edges =
            queries.input("edges", Integer.class, Type.listOf(Integer.class));
    private final Map<Integer, Integer> runs = new HashMap<>();
    private final List<Integer> tensRun = new ArrayList<>();

    /** Plain, below the circles: of many numbers the same. */
    private final Query<Integer, Integer> tens =
            queries.query("tens", Integer.class, Integer.class, this::tens);

    /** The greatest of the tens that can be reached. */
    private final Query<Integer, Integer> greatest =
            queries.define("greatest", Integer.class, Integer.class)
                    .fixedPoint(_ -> 0)
                    .as(this::greatest);

    private int tens(int key) {
        tensRun.add(key);
        return number.find(key).orElse(0) / 10;
    }

    private int greatest(int key) {
        runs.merge(key, 1, Integer::sum);
        int greatest = tens.of(key);
        for (int next : edges.find(key).orElse(List.of())) {
            greatest = Math.max(greatest, this.greatest.of(next));
        }
        return greatest;
    }

    @AfterEach
    void close() {
        new Sweep(queries.engine()).check(timeline.published());
        queries.close();
    }

    /** A circle of the keys from one to another, all asked for. */
    private void circle(int first, int last) {
        for (int key = first; key <= last; key++) {
            number.set(key, 10 * key);
            edges.set(key, List.of(key == last ? first : key + 1));
        }
        ask(first, last, last);
    }

    private void ask(int first, int last, int expected) {
        for (int key = first; key <= last; key++) {
            assertThat(greatest.of(key)).isEqualTo(expected);
        }
        runs.clear();
        tensRun.clear();
    }

    @Test
    void anUnrelatedCommitRunsNoMember() {
        circle(1, 3);
        number.set(9, 90);
        for (int key = 1; key <= 3; key++) {
            assertThat(greatest.of(key)).isEqualTo(3);
        }
        assertThat(runs).isEmpty();
    }

    @Test
    void anEqualResultBelowAMemberRunsNoMember() {
        circle(1, 3);
        number.set(2, 21);
        for (int key = 3; key >= 1; key--) {
            assertThat(greatest.of(key)).isEqualTo(3);
        }
        assertThat(runs).isEmpty();
        assertThat(tensRun).containsExactly(2);
    }

    @Test
    void aResultBelowAMemberRunsOnceForTheCircleAndWhoeverAsksForIt() {
        circle(1, 3);
        number.set(2, 50);
        assertThat(greatest.of(1)).isEqualTo(5);
        assertThat(tens.of(2)).isEqualTo(5);
        assertThat(tensRun).containsExactly(2);
    }

    @Test
    void aCircleThatAnotherReadsIsVerifiedAndDoesNotRunWithIt() {
        circle(1, 3);
        edges.set(5, List.of(6));
        edges.set(6, List.of(5, 1));
        ask(5, 6, 3);
        timeline.commit(() -> {
            number.set(5, 70);
            number.set(2, 21);
        });
        assertThat(greatest.of(5)).isEqualTo(7);
        assertThat(greatest.of(1)).isEqualTo(3);
        assertThat(runs).containsOnlyKeys(5, 6);
        assertThat(tensRun).containsExactlyInAnyOrder(2, 5);
    }

    @Test
    void aSnapshotThatGoesItsOwnWayRunsNoCircleThatDoesNotDiffer() {
        circle(1, 3);
        edges.set(5, List.of(6));
        edges.set(6, List.of(5, 1));
        ask(5, 6, 3);
        try (Snapshot snapshot = queries.snapshot()) {
            snapshot.commit(() -> number.set(5, 70));
            assertThat(snapshot.<Integer>read(() -> greatest.of(6))).isEqualTo(7);
            assertThat(snapshot.<Integer>read(() -> greatest.of(2))).isEqualTo(3);
        }
        assertThat(runs).containsOnlyKeys(5, 6);
        assertThat(tensRun).containsExactly(5);
    }

    @Test
    void aMemberThatComesOutEqualSparesTheNext() {
        circle(1, 2);
        number.set(1, 1); // less than before, and the greatest is another
        assertThat(greatest.of(1)).isEqualTo(2);
        runs.clear();
        assertThat(greatest.of(2)).isEqualTo(2);
        assertThat(runs).isEmpty();
    }

    @Test
    void aCircleThatReadsAnUntrackedResultHoldsForItsRevision() {
        int[] outside = {1};
        Query<Integer, Integer> untracked =
                queries.define("untracked", Integer.class, Integer.class)
                        .untracked()
                        .as(_ -> outside[0]);
        List<Query<Integer, Integer>> self = new ArrayList<>();
        self.add(
                queries.define("self", Integer.class, Integer.class)
                        .fixedPoint(_ -> 0)
                        .as(key -> Math.max(untracked.of(key), self.getFirst().of(key))));
        assertThat(self.getFirst().of(1)).isEqualTo(1);
        outside[0] = 4;
        assertThat(self.getFirst().of(1)).isEqualTo(1);
        number.set(9, 90);
        assertThat(self.getFirst().of(1)).isEqualTo(4);
    }

    @Test
    void anUntrackedMemberHasItsCircleRunInTheNextRevision() {
        int[] outside = {1};
        List<Query<Integer, Integer>> self = new ArrayList<>();
        self.add(
                queries.define("self", Integer.class, Integer.class)
                        .untracked()
                        .fixedPoint(_ -> 0)
                        .as(key -> Math.max(outside[0], self.getFirst().of(key))));
        assertThat(self.getFirst().of(1)).isEqualTo(1);
        outside[0] = 4;
        number.set(9, 90);
        assertThat(self.getFirst().of(1)).isEqualTo(4);
    }
}
