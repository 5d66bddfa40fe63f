package dev.orrery.query;

import dev.orrery.core.Revision;
import dev.orrery.core.Timeline;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * What threads may see of each other when one commits and another reads: memo, mark and revision
 * are published in an order that nobody sees broken. Run by {@code JcstressTest}.
 */
public final class PublicationStress {
    private PublicationStress() {}

    /** Two facts, a sum over both, and a result above it. */
    static class Sum {
        final Timeline timeline = Timeline.startingAt("stress", new Revision(0));
        final Queries queries = new Queries(timeline, Thread.ofVirtual().factory());
        final Input<Integer, Integer> x = queries.input("x", Integer.class, Integer.class);
        final Query<Integer, Integer> sum =
                queries.query(
                        "sum",
                        Integer.class,
                        Integer.class,
                        key -> x.find(1).orElse(0) + x.find(2).orElse(0));
        final Query<Integer, Integer> top =
                queries.query("top", Integer.class, Integer.class, key -> sum.of(key));

        final void setBoth(int value) {
            timeline.commit(() -> {
                x.set(1, value);
                x.set(2, value);
            });
        }
    }

    /** As {@link Sum}, with its results remembered. */
    static class Remembered extends Sum {
        Remembered() {
            top.of(0);
        }
    }

    /** Law Q2: who sees a revision sees its marks. */
    @JCStressTest
    @Outcome(id = "0, 0", expect = Expect.ACCEPTABLE, desc = "before the commit")
    @Outcome(id = "0, 2", expect = Expect.ACCEPTABLE, desc = "between")
    @Outcome(id = "1, 2", expect = Expect.ACCEPTABLE, desc = "after the commit")
    @Outcome(expect = Expect.FORBIDDEN, desc = "the revision without its mark, or half a commit")
    @State
    public static class MarkBeforeRevision extends Remembered {
        @Actor
        public void commit() {
            setBoth(1);
        }

        @Actor
        public void read(II_Result result) {
            result.r1 = (int) timeline.published();
            result.r2 = top.of(0);
        }
    }

    /** Law Q1: an access reads its revision first, so answers never go back. */
    @JCStressTest
    @Outcome(
            id = {"0, 0", "0, 2", "2, 2"},
            expect = Expect.ACCEPTABLE,
            desc = "in order")
    @Outcome(expect = Expect.FORBIDDEN, desc = "back, or half a commit")
    @State
    public static class ForwardOnly extends Remembered {
        @Actor
        public void commit() {
            setBoth(1);
        }

        @Actor
        public void read(II_Result result) {
            result.r1 = top.of(0);
            result.r2 = top.of(0);
        }
    }

    /** Law Q4: a mark finds the edge, or the reader finds the change. */
    @JCStressTest
    @Outcome(id = "2", expect = Expect.ACCEPTABLE, desc = "the newest")
    @Outcome(expect = Expect.FORBIDDEN, desc = "a mark was lost")
    @State
    public static class FirstRunAgainstCommit extends Sum {
        @Actor
        public void commit() {
            setBoth(1);
        }

        @Actor
        public void read() {
            top.of(0);
        }

        @Arbiter
        public void afterwards(I_Result result) {
            result.r1 = top.of(0);
        }
    }

    /** Law Q4, when what is linked again was remembered before. */
    @JCStressTest
    @Outcome(id = "4", expect = Expect.ACCEPTABLE, desc = "the newest")
    @Outcome(expect = Expect.FORBIDDEN, desc = "a mark was lost")
    @State
    public static class VerificationAgainstCommit extends Remembered {
        public VerificationAgainstCommit() {
            setBoth(1);
        }

        @Actor
        public void commit() {
            setBoth(2);
        }

        @Actor
        public void read() {
            top.of(0);
        }

        @Arbiter
        public void afterwards(I_Result result) {
            result.r1 = top.of(0);
        }
    }

    /** Law Q10: two readers run a body once. */
    @JCStressTest
    @Outcome(id = "2", expect = Expect.ACCEPTABLE, desc = "one run of each query")
    @Outcome(expect = Expect.FORBIDDEN, desc = "a run twice")
    @State
    public static class OneRunForTwo extends Sum {
        @Actor
        public void one() {
            top.of(0);
        }

        @Actor
        public void other() {
            top.of(0);
        }

        @Arbiter
        public void afterwards(I_Result result) {
            result.r1 = (int) queries.statistics().computed();
        }
    }

    /** Law Q9: what a snapshot holds stays, whatever is committed while it is taken. */
    @JCStressTest
    @Outcome(
            id = {"0, 0", "2, 2"},
            expect = Expect.ACCEPTABLE,
            desc = "one moment")
    @Outcome(expect = Expect.FORBIDDEN, desc = "two moments")
    @State
    public static class OneMoment extends Remembered {
        @Actor
        public void commit() {
            setBoth(1);
            top.of(0);
            setBoth(2);
        }

        @Actor
        public void read(II_Result result) {
            try (Snapshot snapshot = queries.snapshot()) {
                result.r1 = snapshot.read(() -> x.find(1).orElse(0) + x.find(2).orElse(0)) % 4;
                result.r2 = snapshot.read(() -> top.of(0)) % 4;
            }
        }
    }

    /** Law Q37: two threads that intern equal values have one id. */
    @JCStressTest
    @Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "one id")
    @Outcome(expect = Expect.FORBIDDEN, desc = "two ids")
    @State
    public static class OneId {
        private final Interned<String> tags = new Interned<>("tags", null);

        @Actor
        public void one(II_Result result) {
            result.r1 = (int) tags.of(new String("tag")).number();
        }

        @Actor
        public void other(II_Result result) {
            result.r2 = (int) tags.of(new String("tag")).number();
        }
    }
}
