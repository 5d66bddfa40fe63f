package dev.orrery.query;

import dev.orrery.core.Revision;
import dev.orrery.core.Timeline;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Test;

/**
 * What users do at once has the results of doing it one after the other: facts set alone and
 * together, results read, forgotten, and read in a snapshot, over a graph of three results.
 */
public class LincheckTest {
    private final Timeline timeline = Timeline.startingAt("lincheck", new Revision(0));
    private final Queries queries =
            new Queries(timeline, Thread.ofVirtual().factory(), Faults.MODEL);
    private final Input<Integer, Integer> x = queries.input("x", Integer.class, Integer.class);
    private final Query<Integer, Integer> sum =
            queries.query(
                    "sum",
                    Integer.class,
                    Integer.class,
                    key -> x.find(1).orElse(0) + x.find(2).orElse(0));
    private final Query<Integer, Integer> half =
            queries.query("half", Integer.class, Integer.class, key -> sum.of(key) / 2);
    private final Query<Integer, Integer> top =
            queries.query(
                    "top",
                    Integer.class,
                    Integer.class,
                    key -> 10 * half.of(key) + x.find(1).orElse(0));

    @Operation
    public void setOne(@Param(gen = IntGen.class, conf = "0:3") int value) {
        x.set(1, value);
    }

    @Operation
    public void removeTwo() {
        x.remove(2);
    }

    @Operation
    public void setBoth(@Param(gen = IntGen.class, conf = "0:3") int value) {
        timeline.commit(() -> {
            x.set(1, value);
            x.set(2, value + 1);
        });
    }

    @Operation
    public int top() {
        return top.of(0);
    }

    @Operation
    public int half() {
        return half.of(0);
    }

    @Operation
    public void forgetHalf() {
        half.forget(0);
    }

    @Test
    void stressed() {
        new StressOptions()
                .threads(3)
                .actorsPerThread(3)
                .iterations(Integer.getInteger("lincheck.iterations", 10))
                .invocationsPerIteration(500)
                .check(LincheckTest.class);
    }

    @Test
    void everyInterleavingOfAFew() {
        new ModelCheckingOptions()
                .threads(2)
                .actorsPerThread(2)
                .iterations(Integer.getInteger("lincheck.iterations", 10))
                .invocationsPerIteration(200)
                .check(LincheckTest.class);
    }
}
