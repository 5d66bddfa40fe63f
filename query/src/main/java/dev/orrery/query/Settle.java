package dev.orrery.query;

import dev.orrery.core.OrreryException;

import org.jspecify.annotations.Nullable;

/**
 * Ends a flight: compares with the live memo, links, installs, wakes. The one place where memos are
 * made.
 */
final class Settle {
    private final Engine engine;
    private final Flight flight;
    private final Node node;
    private final Cell[] dependencies;
    private final long from;
    private final boolean isPrivate;

    private Object value;
    private boolean failed;

    /** Whether nothing was run: the live memo was found to hold. */
    private boolean verified;

    private Settle(
            Engine engine,
            Flight flight,
            Object value,
            boolean failed,
            Cell[] dependencies,
            long from,
            boolean isPrivate) {
        this.engine = engine;
        this.flight = flight;
        this.node = flight.node;
        this.value = value;
        this.failed = failed;
        this.dependencies = dependencies;
        this.from = from;
        this.isPrivate = isPrivate;
    }

    /** Settles what a body returned or threw. */
    static Memo run(
            Context context, Flight flight, Object value, boolean failed, Recording recording) {
        Cell[] read = recording.dependencies();
        return new Settle(
                        context.engine,
                        flight,
                        value,
                        failed,
                        read,
                        recording.from(),
                        recording.isPrivate())
                .settle();
    }

    /** Settles a failure that does not come from the body's own value. */
    static Memo failed(Context context, Flight flight, OrreryException failure, Cell[] read) {
        return new Settle(context.engine, flight, failure, true, read, flight.revision, false)
                .settle();
    }

    /** Settles a flight whose every suspect has the value it had: nothing was run. */
    static Memo clean(Context context, Flight flight) {
        Memo baseline = flight.baseline;
        if (baseline == null) {
            throw new IllegalStateException("law Q6: nothing to verify in " + flight.node.label());
        }
        long from = Math.max(flight.from, baseline.from);
        Cell[] read = baseline.dependencies;
        Settle settle =
                new Settle(context.engine, flight, baseline.value, false, read, from, false);
        settle.verified = true;
        Memo memo = settle.settle();
        flight.node.definition.spared(flight);
        return memo;
    }

    private Memo settle() {
        while (true) {
            Memo live = node.memo;
            boolean equal = live != null && isEqual(live); // user code, nothing held: law Q11
            int[] suspects;
            synchronized (node) {
                node.awaitToken();
                if (node.memo != live) {
                    continue; // somebody installed meanwhile: compare with that
                }
                if (live != null && live.covers(flight.revision)) {
                    return done(live); // a twin with the same facts finished first
                }
                boolean behind = live != null && flight.revision < live.from;
                if (isPrivate || (behind && !engine.faults.has(Fault.OLD_RESULT_INSTALLED))) {
                    return done(keepPrivate());
                }
                node.takeToken(flight);
                suspects = node.sortedSuspects();
            }
            return link(live, equal, suspects);
        }
    }

    private Memo link(@Nullable Memo live, boolean equal, int[] suspects) {
        Link link = new Link(flight, dependencies, live, engine.faults);
        flight.link = link;
        boolean tied = link.tie(suspects);
        synchronized (node) {
            for (Node.Arrival a = node.arrivals(); a != null; a = a.next()) {
                link.take(a);
            }
            Memo memo = tied ? install(live, equal, link) : keepPrivate();
            flight.link = null;
            node.giveTokenBack();
            return done(memo);
        }
    }

    @SuppressWarnings("ReferenceEquality") // the very value of the memo that was verified
    private boolean isEqual(Memo live) {
        if (live == flight.baseline && value == live.value && failed == live.failed) {
            return true;
        }
        if (live.failed != failed) {
            return false;
        }
        if (failed) {
            return Outcomes.sameFailure(live.value, value);
        }
        try {
            return node.definition.same(live.value, value);
        } catch (RuntimeException | StackOverflowError thrown) {
            value = Execute.failure(node, thrown);
            failed = true;
            return false;
        }
    }

    /** Keeps a result for its revision only. Holding the node's monitor. */
    private Memo keepPrivate() { // law Q8
        Memo memo = Memo.only(flight.revision, value, failed);
        keep(memo);
        return memo;
    }

    private void keep(Memo old) {
        if (!node.hasPast()) {
            engine.retired.add(node);
        }
        node.keep(old, engine);
    }

    @SuppressWarnings("ReferenceEquality") // law Q7: the same array, not an equal one
    private Memo install(@Nullable Memo live, boolean equal, Link link) {
        long until = link.until();
        if (failed && !engine.faults.has(Fault.FAILURE_STICKS)) {
            until = Math.min(until, flight.revision + 1);
        }
        boolean merged = // law Q7
                live != null
                        && equal
                        && dependencies == live.dependencies
                        && (from <= live.until() || engine.faults.has(Fault.MERGED_ACROSS_GAPS));
        Memo next =
                new Memo(
                        value,
                        failed,
                        start(live, merged),
                        until,
                        stamp(live, equal),
                        dependencies);
        if (live != null && !merged && engine.timeline.isPinned(live.from, live.until())) {
            keep(live);
        }
        node.install(next, link.closed());
        Saving saving = engine.saving();
        if (saving != null && !failed && node.definition.stored) {
            node.noteFor(saving, verified && live == flight.baseline);
        }
        return next;
    }

    private long start(@Nullable Memo live, boolean merged) {
        if (live == null) {
            return from;
        }
        return merged || engine.faults.has(Fault.FROM_TOO_EARLY)
                ? live.from
                : Math.max(from, live.until());
    }

    private long stamp(@Nullable Memo live, boolean equal) {
        if (live == null) {
            return from;
        }
        return equal || engine.faults.has(Fault.STAMP_KEPT_ON_CHANGE)
                ? live.changedAt
                : Math.max(from, live.until());
    }

    /** Takes the flight off its node's list and wakes whoever waits. Holding the node's monitor. */
    private Memo done(Memo memo) {
        node.unlist(flight);
        flight.finish();
        return memo;
    }
}
