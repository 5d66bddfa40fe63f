package dev.orrery.query;

import dev.orrery.core.OrreryException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Ends a flight: compares with the live memo, links, installs, wakes. The one place where memos are
 * made.
 */
final class Settle {
    private Settle() {}

    /** Settles what a body returned or threw, and what it has read. */
    static Memo run(Context context, Flight flight) {
        if (isApart(flight)) {
            flight.from = flight.revision; // it does not follow from what was read
        }
        return settle(context.engine, flight);
    }

    /** Whether what the body gives need not follow from what it reads. */
    private static boolean isApart(Flight flight) {
        Node node = flight.node;
        Memo live = node.memo;
        boolean asked = live != null && live.mustRun && !live.failed;
        return asked || !node.definition.options.tracked();
    }

    /** Settles a failure that does not come from the body's own value. */
    static Memo failed(Context context, Flight flight, OrreryException failure, Cell[] read) {
        flight.isPrivate = false;
        flight.with(failure, true, read, flight.revision);
        return settle(context.engine, flight);
    }

    /**
     * Settles a result that was computed apart from the flights of its node, which may be under
     * way: they will find it there.
     */
    static Memo aside(Context context, Member result) {
        Node node = result.node;
        Memo known = result.known;
        if (known == null) {
            throw new IllegalStateException("law Q26: no value of " + node.label());
        }
        Flight flight = lead(context, node);
        flight.with(known.value, known.failed, kept(flight.prior, result.reads()), result.from());
        flight.isPrivate = result.isPrivate();
        flight.hasRun = result.isSettledAlone();
        if (result.isPassing()) {
            synchronized (node) {
                flight.forgetAt(flight.revision + 1);
            }
        }
        if (result.isPassing() || isApart(flight)) {
            flight.from = flight.revision;
        }
        Memo memo = land(context, flight, false);
        node.definition.holds(context.engine, node, memo);
        return memo;
    }

    /** The array of the last run when it has the same cells: so intervals may be joined. */
    private static Cell[] kept(Cell @Nullable [] prior, Cell[] read) { // law Q7
        return prior != null && Arrays.equals(prior, read) ? prior : read;
    }

    private static Flight lead(Context context, Node node) {
        synchronized (node) {
            return node.lead(context.revision, context.strand);
        }
    }

    /** Settles a flight that is not on its strand's stack. */
    private static Memo land(Context context, Flight flight, boolean clean) {
        boolean ended = false;
        try {
            Memo memo = clean ? clean(context, flight) : settle(context.engine, flight);
            ended = true;
            return memo;
        } finally {
            if (!ended) {
                flight.takeDown();
            }
        }
    }

    /**
     * Settles a result that was verified apart from the flights of its node; null when it is not
     * the live one any more.
     */
    static @Nullable Memo clean(Context context, Node node, Doubt doubt) {
        Flight flight = lead(context, node);
        if (!doubt.isOf(flight)) {
            flight.takeDown();
            return node.at(context.revision);
        }
        flight.from = doubt.from();
        return land(context, flight, true);
    }

    /** Settles a flight whose every suspect has the value it had: nothing was run. */
    static Memo clean(Context context, Flight flight) {
        Memo baseline = flight.baseline;
        if (baseline == null) {
            throw new IllegalStateException("law Q6: nothing to verify in " + flight.node.label());
        }
        long from = Math.max(flight.from, baseline.from);
        flight.with(baseline.value, baseline.failed, baseline.dependencies, from);
        flight.isClean = true;
        Memo memo = settle(context.engine, flight);
        flight.node.definition.spared(context.engine, flight);
        return memo;
    }

    private static Memo settle(Engine engine, Flight flight) {
        Node node = flight.node;
        while (true) {
            Memo live = node.memo;
            boolean equal =
                    live != null && isEqual(flight, live); // user code, nothing held: law Q11
            int[] suspects;
            synchronized (node) {
                node.awaitToken();
                if (node.memo != live) {
                    continue; // somebody installed meanwhile: compare with that
                }
                if (live != null && live.covers(flight.revision)) {
                    return done(
                            flight,
                            live.isEmptied() ? refill(flight, live) : live); // or a twin was first
                }
                boolean behind = live != null && flight.revision < live.from;
                if (flight.isPrivate
                        || (behind && !engine.faults.has(Fault.OLD_RESULT_INSTALLED))) {
                    return done(flight, keepPrivate(engine, flight));
                }
                node.takeToken(flight);
                suspects = node.sortedSuspects();
            }
            return link(engine, flight, live, equal, suspects);
        }
    }

    private static Memo link(
            Engine engine, Flight flight, @Nullable Memo live, boolean equal, int[] suspects) {
        Node node = flight.node;
        Link link = new Link(flight, live);
        flight.link = link;
        boolean tied = link.tie(suspects);
        synchronized (node) {
            for (Flight.Arrival a = flight.arrivals; a != null; a = a.next()) {
                link.take(a);
            }
            Memo memo =
                    tied ? install(engine, flight, live, equal, link) : keepPrivate(engine, flight);
            flight.link = null;
            node.giveTokenBack(flight);
            return done(flight, memo);
        }
    }

    /** What the flight came to. */
    private static Object value(Flight flight) {
        Object value = flight.value;
        if (value == null) {
            throw new IllegalStateException(
                    "law Q10: nothing to settle for " + flight.node.label());
        }
        return value;
    }

    /** Gives a memo back its value. Holding the node's monitor. */
    private static Memo refill(Flight flight, Memo live) {
        if (flight.isClean) {
            return live;
        }
        if (flight.failed || live.mustRun) { // the body does not follow its reads: law Q6
            return Memo.only(flight.revision, value(flight), flight.failed);
        }
        Memo full = live.refilled(value(flight));
        flight.node.memo = full;
        return full;
    }

    @SuppressWarnings("ReferenceEquality") // an object is equal to itself, whatever its equality
    private static boolean isEqual(Flight flight, Memo live) {
        Memo baseline = flight.baseline;
        if (flight.isClean && baseline != null && baseline.changedAt() == live.changedAt()) {
            flight.value = live.value; // which may have been dropped or refilled meanwhile
            flight.failed = live.failed;
            return true;
        }
        if (live.failed != flight.failed) {
            return false;
        }
        Object value = value(flight);
        if (flight.failed) {
            return Outcomes.sameFailure(live.value, value);
        }
        if (live.value == value) {
            return true; // the very same object, which need not be compared
        }
        try {
            return flight.node.definition.same(live.value, value);
        } catch (RuntimeException | StackOverflowError thrown) {
            flight.value = Execute.failure(flight.node, thrown);
            flight.failed = true;
            return false;
        }
    }

    /** Keeps a result for its revision only. Holding the node's monitor. */
    private static Memo keepPrivate(Engine engine, Flight flight) { // law Q8
        Memo memo = Memo.only(flight.revision, value(flight), flight.failed);
        keep(engine, flight.node, memo);
        return memo;
    }

    private static void keep(Engine engine, Node node, Memo old) {
        if (!node.hasPast()) {
            engine.retired.add(node);
        }
        node.keep(old, engine);
    }

    @SuppressWarnings("ReferenceEquality") // law Q7: the same array, not an equal one
    private static Memo install(
            Engine engine, Flight flight, @Nullable Memo live, boolean equal, Link link) {
        Node node = flight.node;
        boolean passing = !flight.isClean && isPassing(engine, flight);
        long until =
                flight.end(passing ? Math.min(link.until(), flight.revision + 1) : link.until());
        boolean merged = // law Q7
                live != null
                        && equal
                        && flight.read == live.dependencies
                        && (flight.from <= live.until()
                                || engine.faults.has(Fault.MERGED_ACROSS_GAPS));
        Memo next =
                Memo.of(
                        equal && live != null
                                ? live.value
                                : value(flight), // one stamp, one value: law Q6
                        flight.failed,
                        passing || flight.isForgotten(),
                        start(engine, flight, live, merged),
                        until,
                        stamp(engine, flight, live, equal),
                        flight.read);
        if (live != null && !merged && engine.timeline.isPinned(live.from, live.until())) {
            keep(engine, flight.node, live);
        }
        node.install(flight, next, link.closed(), link.closedCount());
        Saving saving = engine.saving();
        if (saving != null && !flight.failed && node.definition.stored) {
            Storing.installed(node, saving, flight.isClean && live == flight.baseline);
        }
        return next;
    }

    /** Whether the result is for its revision only: it does not follow from what was read. */
    private static boolean isPassing(Engine engine, Flight flight) {
        boolean unexpected = flight.failed && !engine.isDeclared(value(flight));
        return !flight.node.definition.options.tracked()
                || (unexpected && !engine.faults.has(Fault.FAILURE_STICKS));
    }

    private static long start(Engine engine, Flight flight, @Nullable Memo live, boolean merged) {
        if (live == null) {
            return flight.from;
        }
        return merged || engine.faults.has(Fault.FROM_TOO_EARLY)
                ? live.from
                : Math.max(flight.from, live.until());
    }

    private static long stamp(Engine engine, Flight flight, @Nullable Memo live, boolean equal) {
        if (live == null) {
            return flight.from;
        }
        return equal || engine.faults.has(Fault.STAMP_KEPT_ON_CHANGE)
                ? live.changedAt()
                : Math.max(flight.from, live.until());
    }

    /** Takes the flight off its node's list and wakes whoever waits. Holding the node's monitor. */
    private static Memo done(Flight flight, Memo memo) {
        Node node = flight.node;
        node.unlist(flight);
        node.definition.counts.visited(
                flight.strand.placeIn(node.definition.engine), flight.visits);
        if (flight.hasRun) {
            node.ran(flight);
        } else if (flight.isClean) {
            node.spared(flight);
        }
        flight.finish();
        return memo;
    }
}
