package dev.orrery.query;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A query and a key: its live memo, the past memos somebody is still pinned to, and who is at work
 * on it.
 *
 * <p>Vacant, current, suspect or behind at a revision, all derived from the memos. Fields but for
 * the two volatile ones are guarded by the monitor.
 */
final class Node extends Cell {
    private static final Memo[] NONE = {};
    private static final byte KEPT = 0;
    private static final byte NOTED = 1;

    /** It could not be stored, since something it had read was in doubt. */
    private static final byte MISSED = 2;

    final Definition<?, ?> definition;
    final Object key;

    /** The live memo, the only one with edges. */
    volatile @Nullable Memo memo;

    /** Written before {@link #memo} is replaced and read after it, so none is invisible in both. */
    private volatile Memo[] past = NONE;

    /** Why the last flight ran, or did not have to. */
    volatile @Nullable Reason reason;

    /** Whether it was read since the sieve passed by; set by hits without any order. */
    boolean recentlyRead;

    private int[] suspects = {};
    private int suspectCount;
    private @Nullable Flight flights;
    private @Nullable Flight linker;
    private int tokenWaiters;
    private @Nullable Arrival arrivals;
    private @Nullable Watch watch;

    /** The newest commit that had begun to mark when the live memo became open. */
    private long openedAt;

    /** Whether counts speak of it: neither of a snapshot's own results nor of sets. */
    private final boolean isTold;

    private long untouched;
    private long computed;

    /** Whether the live memo is in the store, or on its way there. */
    private byte stored = KEPT;

    /** A mark that came while a result was being linked. */
    record Arrival(Cell child, int position, long revision, @Nullable Arrival next) {}

    /** A node without a memo, or {@link Memo#DORMANT} when it may have one to adopt. */
    Node(Definition<?, ?> definition, Object key, @Nullable Memo first, boolean isRoots) {
        this.definition = definition;
        this.key = key;
        this.memo = first;
        this.isTold = isRoots && definition.isTold();
    }

    /** The memo that covers a revision, if there is one. */
    @Nullable Memo at(long revision) {
        Memo live = memo;
        if (live != null && live.covers(revision)) {
            return live;
        }
        Memo found = null;
        for (Memo old : past) {
            if (old.covers(revision)) {
                found = old;
                if (!old.isEmptied()) {
                    break;
                }
            }
        }
        return found;
    }

    /** The memo that covers a revision, if there is one whose value is there. */
    @Nullable Memo valueAt(long revision) {
        Memo known = at(revision);
        return known == null || known.isEmptied() ? null : known;
    }

    // forgetting and eviction

    /** What came of dropping a value. */
    enum Emptying {
        EMPTIED,
        NEEDED,
        WITHOUT_VALUE
    }

    /** Drops the value of the live memo and keeps the rest of it. */
    synchronized Emptying empty(Faults faults) {
        Memo live = memo;
        if (live == null || live.failed || live instanceof Certified || isDormant()) {
            return Emptying.WITHOUT_VALUE;
        }
        if (watch != null) {
            return Emptying.NEEDED;
        }
        memo = faults.has(Fault.EDGES_LOST_WITH_THE_VALUE) ? null : live.emptied();
        return Emptying.EMPTIED;
    }

    /** Has the body run again from a revision on. */
    synchronized Marked forget(long revision, Faults faults) {
        for (Flight each = flights; each != null; each = each.another) {
            each.forgottenAt = revision;
        }
        Memo live = memo;
        if (live == null || isDormant()) {
            memo = null;
            return Marked.NO_MORE;
        }
        boolean open = live.isOpen();
        if (open) {
            live.close(revision);
            closed(revision);
        }
        memo = faults.has(Fault.FORGETTING_FORGOTTEN) ? live : live.forgotten();
        return !open ? Marked.NO_MORE : watch == null ? Marked.CLOSED : Marked.CLOSED_AND_WATCHED;
    }

    // marks

    /** What a mark did to a node. */
    enum Marked {
        NO_MORE,
        CLOSED,
        CLOSED_AND_WATCHED
    }

    /** Takes in a mark that travelled over the edge at a position, and is consumed by it. */
    synchronized Marked mark(Cell child, int position, long revision, Faults faults) {
        if (linker != null && !faults.has(Fault.ARRIVALS_IGNORED)) {
            arrivals = new Arrival(child, position, revision, arrivals);
        }
        Memo live = memo;
        if (live == null
                || position >= live.dependencies.length
                || live.dependencies[position] != child) {
            return Marked.NO_MORE; // the edge was replaced while this mark walked it
        }
        if (live.isOpen() || !faults.has(Fault.LATER_SUSPECTS_FORGOTTEN)) {
            suspect(position); // law Q4
        }
        if (!live.isOpen()) {
            return Marked.NO_MORE;
        }
        live.close(revision);
        closed(revision);
        return watch == null ? Marked.CLOSED : Marked.CLOSED_AND_WATCHED;
    }

    private void suspect(int position) {
        if (suspectCount == suspects.length) {
            suspects = Arrays.copyOf(suspects, Math.max(2, suspectCount * 2));
        }
        suspects[suspectCount++] = position;
    }

    /** The positions a mark came through, ascending, none twice. Holding the monitor. */
    int[] sortedSuspects() {
        int[] sorted = Arrays.copyOf(suspects, suspectCount);
        Arrays.sort(sorted);
        int kept = 0;
        for (int i = 0; i < sorted.length; i++) {
            if (kept == 0 || sorted[kept - 1] != sorted[i]) {
                sorted[kept++] = sorted[i];
            }
        }
        return kept == sorted.length ? sorted : Arrays.copyOf(sorted, kept);
    }

    synchronized boolean isSuspect(int position) {
        return Arrays.stream(suspects, 0, suspectCount).anyMatch(each -> each == position);
    }

    // adoption

    /** Whether its first memo is still to be adopted; then it has neither edges nor flights. */
    @SuppressWarnings("ReferenceEquality") // the one memo that stands for none yet
    boolean isDormant() {
        return memo == Memo.DORMANT;
    }

    /** Becomes live with what is remembered, all of it in doubt; vacant when nothing is. */
    synchronized void adopt(@Nullable Memo known, Faults faults) { // law Q21
        if (!isDormant()) {
            return; // somebody was faster
        }
        if (known == null) {
            memo = null;
            return;
        }
        boolean doubted = !faults.has(Fault.ADOPTED_UNDOUBTED);
        int[] all = new int[doubted ? known.dependencies.length : 0];
        Arrays.setAll(all, position -> position);
        install(known, all);
    }

    // flights

    /** The flight for a revision. Holding the monitor. */
    @Nullable Flight flightFor(long revision) {
        Flight flight = flights;
        while (flight != null && flight.revision != revision) {
            flight = flight.another;
        }
        return flight;
    }

    /** Some flight of another strand. Holding the monitor. */
    @Nullable Flight flightOfOthers(Strand strand) {
        Flight flight = flights;
        while (flight != null && flight.strand == strand) {
            flight = flight.another;
        }
        return flight;
    }

    /** Begins a flight for a revision that has neither memo nor flight. Holding the monitor. */
    Flight lead(long revision, Strand strand) { // law Q10
        Memo live = memo;
        boolean ahead = live != null && revision >= live.until();
        boolean believed = live != null && !live.mustRun && at(revision) == null; // or to refill
        Flight flight =
                new Flight(
                        this,
                        revision,
                        strand,
                        ahead && believed ? live : null,
                        ahead && live != null ? live.dependencies : null,
                        ahead ? sortedSuspects() : new int[0]);
        flight.another = flights;
        flights = flight;
        return flight;
    }

    /** Takes a flight off the list. Holding the monitor. */
    void unlist(Flight flight) {
        if (flights == flight) {
            flights = flight.another;
            return;
        }
        for (Flight each = flights; each != null; each = each.another) {
            if (each.another == flight) {
                each.another = flight.another;
                return;
            }
        }
        throw new IllegalStateException("law Q10: settled twice: " + label());
    }

    /**
     * Takes a flight off the list, and its link token back, wherever it had come to. Holding the
     * monitor; doing it again changes nothing.
     */
    void drop(Flight flight) { // law Q13
        if (linker == flight) {
            Link link = flight.link;
            if (link != null) {
                link.forEachReleased(this::suspect);
            }
            giveTokenBack();
        }
        if (flights == flight) {
            flights = flight.another;
            return;
        }
        for (Flight each = flights; each != null; each = each.another) {
            if (each.another == flight) {
                each.another = flight.another;
                return;
            }
        }
    }

    // linking

    /** Waits until nobody links; short, since a linker runs no user code. Holding the monitor. */
    void awaitToken() {
        boolean interrupted = false;
        tokenWaiters++;
        while (linker != null) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        tokenWaiters--;
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    void takeToken(Flight flight) {
        linker = flight;
        arrivals = null;
    }

    /** The marks that came since the token was taken. Holding the monitor. */
    @Nullable Arrival arrivals() {
        return arrivals;
    }

    void giveTokenBack() {
        linker = null;
        arrivals = null;
        if (tokenWaiters > 0) {
            notifyAll();
        }
    }

    /** Makes a memo the live one, with its suspects. Holding the monitor. */
    void install(Memo next, int[] suspectPositions) {
        Memo live = memo;
        if (live != null && live.isOpen()) {
            closed(next.from);
        }
        suspects = suspectPositions;
        suspectCount = suspectPositions.length;
        memo = next;
        if (next.isOpen() && isTold) {
            openedAt = definition.engine.remembered.opened();
        }
    }

    // counting

    /** The live memo is open no longer: each commit since it became so had left it alone. */
    private void closed(long revision) { // law Q22
        if (isTold) {
            definition.engine.remembered.closed(openedAt);
            untouched += leftAlone(revision - 1);
        }
    }

    private long leftAlone(long until) {
        return Math.max(0, until - openedAt);
    }

    synchronized void ran() {
        computed++;
    }

    synchronized PerKey counts(long published) {
        Memo live = memo;
        boolean open = live != null && live.isOpen();
        return new PerKey(computed, untouched + (open ? leftAlone(published) : 0));
    }

    /** Keeps a memo for the revisions it covers. Holding the monitor. */
    void keep(Memo old, Engine engine) {
        Memo[] kept = pinned(engine);
        Memo[] more = Arrays.copyOf(kept, kept.length + 1);
        more[kept.length] = old;
        past = more;
    }

    boolean hasPast() {
        return past.length > 0;
    }

    /** Drops past memos that nobody is pinned to; true when some are left. */
    synchronized boolean prune(Engine engine) { // law Q9
        if (past.length > 0) {
            past = pinned(engine);
        }
        return past.length > 0;
    }

    private Memo[] pinned(Engine engine) {
        Memo[] all = past;
        int kept = 0;
        Memo[] some = new Memo[all.length];
        for (Memo old : all) {
            if (engine.timeline.isPinned(old.from, old.until())) {
                some[kept++] = old;
            }
        }
        return kept == all.length ? all : kept == 0 ? NONE : Arrays.copyOf(some, kept);
    }

    int pastCount() {
        return past.length;
    }

    /**
     * Arms a reader that read this at a revision, or tells from when on that reading is in doubt.
     *
     * @return {@link Memo#OPEN} when armed, {@link Link#LEFT} when what was read is no longer on
     *     the live line
     */
    synchronized long link(Node reader, int position, long revision, Faults faults) {
        Memo live = memo;
        if (live == null) {
            return Link.LEFT;
        }
        if (live.covers(revision)) {
            if (live.isOpen() || faults.has(Fault.CHILD_NOT_LOOKED_AT_AGAIN)) {
                arm(reader, position);
                return Memo.OPEN;
            }
            return live.until();
        }
        for (Memo old : past) {
            boolean onLine = old.changedAt == live.changedAt; // law Q6
            if (old.covers(revision) && (onLine || faults.has(Fault.PRIVATE_TAKEN_FOR_LIVE))) {
                return old.until();
            }
        }
        return Link.LEFT;
    }

    // saving

    /** Notes that a memo was installed. Holding the monitor. */
    void noteFor(Saving saving, boolean verified) {
        if (!verified || stored == MISSED) {
            unsaved(saving);
        }
    }

    /** Has the next save look at this. */
    synchronized void unsaved(Saving saving) {
        if (stored != NOTED) {
            stored = NOTED;
            saving.settled(this);
        }
    }

    /** A save looks at this. */
    synchronized void collected() {
        stored = KEPT;
    }

    /** A save at a revision could not store this: when it is verified, or now if it is newer. */
    synchronized void missed(long revision, Saving saving) {
        Memo live = memo;
        if (live != null && live.from > revision) {
            unsaved(saving);
        } else if (stored == KEPT) {
            stored = MISSED;
        }
    }

    // watching

    synchronized @Nullable Watch watch() {
        return watch;
    }

    synchronized void watch(@Nullable Watch next) {
        watch = next;
    }

    @Override
    String label() {
        return definition.label(key);
    }

    @Override
    public String toString() {
        return label() + " = " + memo;
    }
}
