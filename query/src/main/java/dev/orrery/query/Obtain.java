package dev.orrery.query;

import dev.orrery.core.OrreryException;
import org.jspecify.annotations.Nullable;

/**
 * Gets a memo that covers a revision: by sharing somebody's flight, by verifying what is there, or
 * by running the body. Verification is a loop over the strand's stack of flights; only bodies
 * recurse.
 */
final class Obtain {
    private final Context context;
    private final @Nullable Flight base;

    private Obtain(Context context) {
        this.context = context;
        this.base = context.strand.top;
    }

    static Memo memo(Context context, Node node) {
        Memo ready = node.valueAt(context.revision);
        if (ready != null) {
            node.definition.counts.hit();
            return ready;
        }
        Flight base = context.strand.top;
        try {
            Obtain obtain = new Obtain(context);
            Memo memo = obtain.run(node);
            while (memo.isEmptied()) { // found to hold: now its value
                memo = obtain.run(node);
            }
            return memo;
        } finally {
            if (context.cancelled) {
                tellCancelled(context, base);
            }
            takeDown(context.engine, context.strand, base);
        }
    }

    private static void tellCancelled(Context context, @Nullable Flight base) {
        for (Flight top = context.strand.top; top != null && top != base; top = top.below) {
            top.node.definition.gaveUp(context.engine, top);
        }
    }

    /**
     * Takes down what a strand leads above a flight: nothing, unless an exception left it there.
     */
    static void takeDown(Engine engine, Strand strand, @Nullable Flight base) { // law Q13
        if (strand.top != base) {
            engine.waits.leave(strand);
        }
        for (Flight top = strand.top; top != null && top != base; top = strand.top) {
            top.takeDown();
        }
    }

    private Memo run(Node wanted) {
        Memo memo = arrive(wanted, true);
        for (Flight top = top(); top != null; top = top()) {
            if (memo != null) {
                judge(top, memo);
                memo = null;
            }
            OrreryException.Cycle cycle = top.cycle;
            Cell suspect = nextSuspect(top);
            if (cycle != null) {
                memo = settled(top, Settle.failed(context, top, cycle, Memo.NOTHING));
            } else if (top.mustRun) {
                memo = settled(top, Execute.body(context, top));
            } else if (suspect == null) {
                memo = settled(top, Settle.clean(context, top));
            } else if (suspect instanceof Leaf leaf) {
                judge(top, leaf);
            } else if (suspect instanceof Node node) {
                top.visits++;
                memo = arrive(node, false);
            }
        }
        if (memo == null) {
            throw new IllegalStateException("law Q10: nothing was obtained for " + wanted.label());
        }
        return memo;
    }

    /** The innermost flight this loop leads, null when it leads none. */
    private @Nullable Flight top() {
        Flight top = context.strand.top;
        return top == base ? null : top;
    }

    private Memo settled(Flight flight, Memo memo) {
        context.strand.top = flight.below;
        flight.node.definition.holds(context.engine, flight.node, memo);
        return memo;
    }

    private static @Nullable Cell nextSuspect(Flight top) {
        Memo baseline = top.baseline;
        return baseline == null || top.cursor == top.suspects.length
                ? null
                : baseline.dependencies[top.suspects[top.cursor]];
    }

    /** Whether the suspect that was obtained has another value than the baseline was made from. */
    private void judge(Flight top, Memo memo) { // law Q6
        boolean changed = Doubt.isChanged(baseline(top), position(top), memo, context);
        weigh(top, changed, memo.changedAt(), memo.from);
    }

    private void judge(Flight top, Leaf leaf) {
        top.visits++;
        long since = leaf.since(context.revision);
        boolean changed = Doubt.isChanged(baseline(top), position(top), leaf, context);
        weigh(top, changed, since, since);
    }

    private static Memo baseline(Flight top) {
        Memo baseline = top.baseline;
        if (baseline == null) {
            throw new IllegalStateException("law Q6: nothing to verify in " + top.node.label());
        }
        return baseline;
    }

    private static int position(Flight top) {
        return top.suspects[top.cursor];
    }

    private void weigh(Flight top, boolean changed, long changedAt, long since) {
        if (changed) {
            Cell because = baseline(top).dependencies[position(top)];
            top.run(because, Math.min(changedAt, context.revision));
            return;
        }
        top.from = Math.max(top.from, since);
        Faults faults = context.engine.faults;
        top.cursor = faults.has(Fault.ONE_SUSPECT_VERIFIED) ? top.suspects.length : top.cursor + 1;
    }

    /**
     * The memo when somebody has it; null when this strand leads now, or runs the reader instead.
     */
    private @Nullable Memo arrive(Node node, boolean forValue) {
        if (node.isDormant()) {
            context.engine.adopt(node);
        }
        boolean waitedForOther = false;
        while (true) {
            Flight busy;
            synchronized (node) {
                Memo memo = forValue ? node.valueAt(context.revision) : node.at(context.revision);
                if (memo != null) {
                    return memo;
                }
                busy = node.flightFor(context.revision);
                if (busy == null && !waitedForOther) {
                    busy = node.flightOfOthers(context.strand);
                }
                if (busy == null) {
                    context.strand.top = node.lead(context.revision, context.strand);
                    return null;
                }
                busy.willBeAwaited();
            }
            if (busy.strand.isLeft) {
                takeDownLeft(busy.strand);
                continue;
            }
            boolean same = busy.revision == context.revision;
            waitedForOther |= !same;
            if (awaits(busy, !same) || !same) {
                continue;
            }
            Flight top = top();
            if (top != null) {
                top.run(node, context.revision); // only the old run is known to have read it
                return null;
            }
            if (FixedPoint.resolve(context, busy)) {
                continue;
            }
            OrreryException.Cycle cycle = context.engine.waits.circle(context.strand, busy);
            if (cycle != null) {
                throw cycle;
            }
        }
    }

    /** Takes down the flights of a strand that ran out of stack before it could do so itself. */
    private void takeDownLeft(Strand left) {
        synchronized (left) {
            takeDown(context.engine, left, null);
        }
    }

    /** Waits for a flight, unless that would close a circle. */
    private boolean awaits(Flight busy, boolean inHope) {
        try {
            return context.engine.waits.await(context.strand, busy, inHope);
        } catch (InterruptedException e) {
            throw Execute.cancelled(context, busy.node, e);
        }
    }
}
