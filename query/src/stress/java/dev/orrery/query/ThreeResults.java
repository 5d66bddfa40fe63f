package dev.orrery.query;

import dev.orrery.core.Revision;
import dev.orrery.core.Timeline;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;

/**
 * What users do to a graph of three results: facts set alone and together, results read and
 * forgotten.
 */
public class ThreeResults {
    private final Timeline timeline = Timeline.startingAt("lincheck", new Revision(0));
    private final Input<Integer, Integer> x;
    private final Query<Integer, Integer> sum;
    private final Query<Integer, Integer> half;
    private final Query<Integer, Integer> top;

    public ThreeResults() {
        this(Faults.MODEL);
    }

    ThreeResults(Faults faults) {
        Queries queries = new Queries(timeline, Thread.ofVirtual().factory(), faults);
        x = queries.input("x", Integer.class, Integer.class);
        sum =
                queries.query(
                        "sum",
                        Integer.class,
                        Integer.class,
                        key -> x.find(1).orElse(0) + x.find(2).orElse(0));
        half = queries.query("half", Integer.class, Integer.class, key -> sum.of(key) / 2);
        top =
                queries.query(
                        "top",
                        Integer.class,
                        Integer.class,
                        key -> 10 * half.of(key) + x.find(1).orElse(0));
    }

    /** The same with a fault: who settles while a fact changes does not see that it has. */
    public static class Planted extends ThreeResults {
        public Planted() {
            super(Faults.model(Fault.LEAF_NOT_LOOKED_AT_AGAIN));
        }
    }

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
}
