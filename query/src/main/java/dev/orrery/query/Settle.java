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

    /** Whether nothing was run: the baseline was found to hold. */
    private final boolean clean;

    private Object value;
    private boolean failed;

    private Settle(
            Engine engine,
            Flight flight,
            Object value,
            boolean failed,
            Cell[] dependencies,
            long from,
            boolean isPrivate,
            boolean clean) {
        this.engine = engine;
        this.flight = flight;
        this.node = flight.node;
        this.value = value;
        this.failed = failed;
        this.dependencies = dependencies;
        this.from = from;
        this.isPrivate = isPrivate;
        this.clean = clean;
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
                        since(flight, recording),
                        recording.isPrivate(),
                        false)
                .settle();
    }

    /** Since when a result holds; what does not follow from its reads, since its run only. */
    private static long since(Flight flight, Recording recording) {
        Memo live = flight.node.memo;
        boolean asked = live != null && live.mustRun && !live.failed;
        return asked || !flight.node.definition.options.tracked()
                ? flight.revision
                : recording.from();
    }

    /** Settles a failure that does not come from the body's own value. */
    static Memo failed(Context context, Flight flight, OrreryException failure, Cell[] read) {
        return new Settle(
                        context.engine, flight, failure, true, read, flight.revision, false, false)
                .settle();
    }

    /**
     * Settles a result that was computed apart from the flights of its node, which may be under
     * way: they will find it there.
     */
    static void aside(
            Context context, Node node, Memo result, Cell[] read, long from, boolean isPrivate) {
        Flight flight;
        synchronized (node) {
            flight = node.lead(context.revision, context.strand);
        }
        boolean ended = false;
        try {
            Settle settle =
                    new Settle(
                            context.engine,
                            flight,
                            result.value,
                            result.failed,
                            read,
                            from,
                            isPrivate,
                            false);
            settle.settle();
            ended = true;
        } finally {
            if (!ended) {
                flight.takeDown();
            }
        }
        Memo memo = node.valueAt(context.revision);
        if (memo != null) {
            node.definition.holds(context.engine, node, memo);
        }
    }

    /** Settles a flight whose every suspect has the value it had: nothing was run. */
    static Memo clean(Context context, Flight flight) {
        Memo baseline = flight.baseline;
        if (baseline == null) {
            throw new IllegalStateException("law Q6: nothing to verify in " + flight.node.label());
        }
        long from = Math.max(flight.from, baseline.from);
        Cell[] read = baseline.dependencies;
        Memo memo =
                new Settle(
                                context.engine,
                                flight,
                                baseline.value,
                                baseline.failed,
                                read,
                                from,
                                false,
                                true)
                        .settle();
        flight.node.definition.spared(context.engine, flight);
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
                    return done(live.isEmptied() ? refill(live) : live); // or a twin was first
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

    /** Gives a memo back its value. Holding the node's monitor. */
    private Memo refill(Memo live) {
        if (clean) {
            return live;
        }
        if (failed) {
            return Memo.only(flight.revision, value, true); // the body does not follow its reads
        }
        Memo full = live.refilled(value);
        node.memo = full;
        return full;
    }

    @SuppressWarnings("ReferenceEquality") // an object is equal to itself, whatever its equality
    private boolean isEqual(Memo live) {
        Memo baseline = flight.baseline;
        if (clean && baseline != null && baseline.changedAt == live.changedAt) {
            value = live.value; // which may have been dropped or refilled meanwhile
            failed = live.failed;
            return true;
        }
        if (live.failed != failed) {
            return false;
        }
        if (failed) {
            return Outcomes.sameFailure(live.value, value);
        }
        if (live.value == value) {
            return true; // the very same object, which need not be compared
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
        boolean passing = !clean && isPassing();
        long until = passing ? Math.min(link.until(), flight.revision + 1) : link.until();
        if (flight.forgottenAt != 0) {
            until = Math.min(until, flight.forgottenAt);
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
                        passing || flight.forgottenAt != 0,
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
            node.noteFor(saving, clean && live == flight.baseline);
        }
        return next;
    }

    /** Whether the result is for its revision only: it does not follow from what was read. */
    private boolean isPassing() {
        boolean unexpected = failed && !engine.isDeclared(value);
        return !node.definition.options.tracked()
                || (unexpected && !engine.faults.has(Fault.FAILURE_STICKS));
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
