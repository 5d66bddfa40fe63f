package dev.orrery.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.core.Revision;
import dev.orrery.core.Timeline;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * What changes often costs those nothing who do not read it. Facts need no label for that: the
 * dependencies themselves say who is above what.
 */
class AcceptanceUntouchedTest {
    private final Timeline timeline = Timeline.startingAt("test", new Revision(0));
    private final Queries queries = new Queries(timeline, Thread.ofVirtual().factory());
    private final Input<Integer, Integer> lasting =
            queries.input("lasting", Integer.class, Integer.class);
    private final Input<Integer, Integer> busy =
            queries.input("busy", Integer.class, Integer.class);
    private final Query<Integer, Integer> below =
            queries.query(
                    "below", Integer.class, Integer.class, key -> lasting.find(key).orElse(0));
    private final Query<Integer, Integer> above =
            queries.query("above", Integer.class, Integer.class, key -> below.of(key) / 10);

    @AfterEach
    void close() {
        queries.close();
    }

    @Test
    @DisplayName("M1: a fact that is not read has nobody looked at")
    void anotherFact() {
        above.of(1);
        Statistics before = queries.statistics();
        busy.set(1, 1);
        above.of(1);
        Statistics after = queries.statistics();
        assertThat(after.visited()).isEqualTo(before.visited());
        assertThat(after.marked()).isEqualTo(before.marked());
        assertThat(after.computed()).isEqualTo(before.computed());
    }

    @Test
    @DisplayName("M2: a fact that is read has everything above it checked")
    void theFactBelow() {
        lasting.set(1, 41);
        above.of(1);
        lasting.set(1, 42);
        assertThat(below.statistics().marked()).isEqualTo(1);
        assertThat(above.statistics().marked()).isEqualTo(1);
        assertThat(above.of(1)).isEqualTo(4);
        assertThat(below.statistics().computed()).isEqualTo(2);
        assertThat(above.statistics().computed()).isEqualTo(2);
    }

    @Test
    @DisplayName("M5: 1,000 commits check none of 10,000 results that do not stand on them")
    void manyResults() {
        for (int i = 0; i < 10_000; i++) {
            above.of(i);
        }
        Statistics before = queries.statistics();
        for (int i = 0; i < 1_000; i++) {
            busy.set(i, i);
        }
        for (int i = 0; i < 10_000; i++) {
            above.of(i);
        }
        assertThat(queries.statistics().visited()).isEqualTo(before.visited());
        assertThat(queries.statistics().spared()).isEqualTo(before.spared());
    }

    @Test
    @DisplayName("I11: a run, a hit, a change cut off and a verification are counted, each once")
    void counters() {
        lasting.set(1, 41);
        above.of(1); // two runs
        above.of(1); // a hit
        Query<Integer, Integer> tens =
                queries.query(
                        "tens", Integer.class, Integer.class, key -> lasting.require(key) / 10);
        Query<Integer, Integer> reader =
                queries.query("reader", Integer.class, Integer.class, tens::of);
        reader.of(1);
        lasting.set(1, 42);
        reader.of(1); // tens runs and is cut off, reader is verified
        assertThat(above.statistics().computed()).isEqualTo(1);
        assertThat(above.statistics().hits()).isEqualTo(1);
        assertThat(tens.statistics().computed()).isEqualTo(2);
        assertThat(reader.statistics().computed()).isEqualTo(1);
        assertThat(reader.statistics().spared()).isEqualTo(1);
    }

    @Test
    @DisplayName("I12: of a runtime that did nothing all counters are zero")
    void nothingDone() {
        assertThat(queries.statistics()).isEqualTo(Statistics.NONE);
        assertThat(above.explain(1).verdict()).isEqualTo(Explanation.Verdict.NEVER_ASKED);
    }
}
