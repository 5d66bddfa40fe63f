package dev.orrery.query;

import org.jspecify.annotations.Nullable;

/**
 * A query and a key: its live memo, the past memos somebody is still pinned to, and who is at work
 * on it. It is its own entry in the query's table, and weighs no more than what most nodes need:
 * the rest is in its {@link Annex}.
 *
 * <p>Vacant, current, suspect or behind at a revision, all derived from the memos. Fields but for
 * the memo are guarded by the monitor.
 */
final class Node extends Cell {
    final Definition<?, ?> definition;
    final Object key;
    final int hash;

    /** The live memo, the only one with edges. */
    volatile @Nullable Memo memo;

    /**
     * The annex, or until there is one the only flight. Read without the monitor for past memos:
     * those were kept before the memo was replaced that the reader found.
     */
    private @Nullable Aside aside;

    /** The newest commit that had begun to mark when the live memo became open. */
    private long openedAt;

    /** What hangs off a node. */
    sealed interface Aside permits Flight, Annex {}

    /** A node without a memo, or {@link Memo.Stamped#DORMANT} when it may have one to adopt. */
    Node(Definition<?, ?> definition, Object key, @Nullable Memo first, boolean isRoots) {
        this.definition = definition;
        this.key = key;
        this.hash = key.hashCode();
        this.memo = first;
        if (!isRoots) {
            this.aside = new Annex(true);
        }
    }

    /** The memo that covers a revision, if there is one. */
    @Nullable Memo at(long revision) {
        Memo live = memo;
        if (live != null && live.covers(revision)) {
            return live;
        }
        return aside instanceof Annex annex ? pastAt(annex, revision) : null;
    }

    private static @Nullable Memo pastAt(Annex annex, long revision) {
        Memo found = null;
        for (Memo old : annex.past()) {
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

    // the annex; holding the monitor

    private @Nullable Annex knownAnnex() {
        return aside instanceof Annex annex ? annex : null;
    }

    private Annex annex() {
        Annex known = knownAnnex();
        if (known != null) {
            return known;
        }
        Annex made = newAnnex();
        if (hasResult()) {
            made.ranFirst(openedAt);
        }
        return made;
    }

    private Annex newAnnex() {
        Annex made = new Annex(false);
        made.flights = flights();
        aside = made;
        return made;
    }

    private boolean hasResult() {
        return memo != null && !isDormant();
    }

    /** Whether counts speak of it: neither of a snapshot's own results nor of sets. */
    private boolean isTold() {
        return definition.isTold && !(aside instanceof Annex annex && annex.isBranchs);
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
        if (isWatched()) {
            return Emptying.NEEDED;
        }
        memo = faults.has(Fault.EDGES_LOST_WITH_THE_VALUE) ? null : live.emptied();
        return Emptying.EMPTIED;
    }

    /** Has the body run again from a revision on. */
    synchronized Marked forget(long revision, Faults faults, Walk walk) {
        annex().forgottenAt = revision;
        for (Flight each = flights(); each != null; each = each.another) {
            each.forgetAt(revision);
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
        return open ? travelOn(faults, walk) : Marked.NO_MORE;
    }

    // marks

    /** What a mark did to a node. */
    enum Marked {
        NO_MORE,
        CLOSED,
        CLOSED_AND_WATCHED
    }

    /**
     * Takes in a mark that travelled over the edge at a position, and is consumed by it; when it
     * puts this in doubt, it goes on over the edges from here.
     */
    synchronized Marked mark(Cell child, int position, long revision, Faults faults, Walk walk) {
        Flight linker = linker();
        if (linker != null && !faults.has(Fault.ARRIVALS_IGNORED)) {
            linker.arrivals = new Flight.Arrival(child, position, revision, linker.arrivals);
        }
        Memo live = memo;
        if (live == null
                || position >= live.dependencies.length
                || live.dependencies[position] != child) {
            return Marked.NO_MORE; // the edge was replaced while this mark walked it
        }
        if (live.isOpen() || !faults.has(Fault.LATER_SUSPECTS_FORGOTTEN)) {
            annex().suspect(position); // law Q4
        }
        if (!live.isOpen()) {
            return Marked.NO_MORE;
        }
        live.close(revision);
        closed(revision);
        return travelOn(faults, walk);
    }

    private Marked travelOn(Faults faults, Walk walk) {
        if (!faults.has(Fault.MARK_STOPS_EARLY)) {
            handEdges(walk);
        }
        return isWatched() ? Marked.CLOSED_AND_WATCHED : Marked.CLOSED;
    }

    /** The positions a mark came through, ascending, none twice. Holding the monitor. */
    int[] sortedSuspects() {
        Annex annex = knownAnnex();
        return annex == null ? Positions.NONE : annex.sortedSuspects();
    }

    synchronized boolean isSuspect(int position) {
        return aside instanceof Annex annex && annex.isSuspect(position);
    }

    // adoption

    /** Whether its first memo is still to be adopted; then it has neither edges nor flights. */
    @SuppressWarnings("ReferenceEquality") // the one memo that stands for none yet
    boolean isDormant() {
        return memo == Memo.Stamped.DORMANT;
    }

    /** Becomes live with what is remembered, all of it in doubt; vacant when nothing is. */
    synchronized void adopt(@Nullable Memo known, Faults faults) { // law Q21
        if (!isDormant()) {
            return; // somebody was faster
        }
        annex(); // now, since it says of a memo without one that the body ran
        memo = null;
        if (known != null) {
            boolean doubted = !faults.has(Fault.ADOPTED_UNDOUBTED);
            int[] all = new int[doubted ? known.dependencies.length : 0];
            java.util.Arrays.setAll(all, position -> position);
            install(null, known, all, all.length);
        }
    }

    // flights; holding the monitor

    @Nullable Flight flights() {
        return aside instanceof Annex annex ? annex.flights : (Flight) aside;
    }

    /** The flight for a revision. */
    @Nullable Flight flightFor(long revision) {
        Flight flight = flights();
        while (flight != null && flight.revision != revision) {
            flight = flight.another;
        }
        return flight;
    }

    /** Some flight of another strand. */
    @Nullable Flight flightOfOthers(Strand strand) {
        Flight flight = flights();
        while (flight != null && flight.strand == strand) {
            flight = flight.another;
        }
        return flight;
    }

    /** Begins a flight for a revision that has neither memo nor flight. */
    Flight lead(long revision, Strand strand) { // law Q10
        Memo live = memo;
        Memo ahead = live != null && revision >= live.until() ? live : null;
        Flight flight =
                new Flight(
                        this,
                        revision,
                        strand,
                        baselineFor(revision),
                        ahead == null ? null : ahead.dependencies,
                        ahead == null ? Positions.NONE : sortedSuspects());
        if (aside == null) {
            aside = flight;
        } else {
            Annex annex = annex();
            if (annex.forgottenAt > revision) { // and perhaps again, so nothing later is sure
                flight.forgetAt(revision + 1);
            }
            flight.another = annex.flights;
            annex.flights = flight;
        }
        return flight;
    }

    /** The live memo that may turn out to hold still at a revision; null when there is none. */
    @Nullable Memo baselineFor(long revision) {
        Memo live = memo;
        if (live == null || live.mustRun || revision < live.until()) {
            return null;
        }
        boolean isToRefill = aside instanceof Annex annex && pastAt(annex, revision) != null;
        return isToRefill ? null : live;
    }

    /** Takes a flight off the list. */
    void unlist(Flight flight) {
        if (!takeOff(flight)) {
            throw new IllegalStateException("law Q10: settled twice: " + label());
        }
    }

    private boolean takeOff(Flight flight) {
        if (aside == flight) {
            aside = null;
            return true;
        }
        Annex annex = knownAnnex();
        if (annex == null) {
            return false;
        }
        if (annex.flights == flight) {
            annex.flights = flight.another;
            return true;
        }
        for (Flight each = annex.flights; each != null; each = each.another) {
            if (each.another == flight) {
                each.another = flight.another;
                return true;
            }
        }
        return false;
    }

    /**
     * Takes a flight off the list, and its link token back, wherever it had come to. Doing it again
     * changes nothing.
     */
    void drop(Flight flight) { // law Q13
        if (flight.isLinking) {
            Link link = flight.link;
            if (link != null) {
                link.forEachReleased(annex()::suspect);
            }
            giveTokenBack(flight);
        }
        takeOff(flight);
    }

    // linking; holding the monitor

    private @Nullable Flight linker() {
        Flight flight = flights();
        while (flight != null && !flight.isLinking) {
            flight = flight.another;
        }
        return flight;
    }

    /** Waits until nobody links; short, since a linker runs no user code. */
    void awaitToken() {
        if (linker() == null) {
            return;
        }
        boolean interrupted = false;
        Annex annex = annex();
        annex.tokenWaiters++;
        while (linker() != null) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        annex.tokenWaiters--;
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    void takeToken(Flight flight) {
        flight.isLinking = true;
        flight.arrivals = null;
    }

    void giveTokenBack(Flight flight) {
        flight.isLinking = false;
        flight.arrivals = null;
        if (aside instanceof Annex annex && annex.tokenWaiters > 0) {
            notifyAll();
        }
    }

    /**
     * Makes a memo the live one, with its suspects: so many of the positions given.
     *
     * @param flight whose result it is, tied to what it has read; null when it is adopted
     */
    void install(@Nullable Flight flight, Memo next, int[] positions, int count) {
        Memo live = memo;
        int place = flight == null ? Tally.SHARED : flight.strand.placeIn(definition.engine);
        if (live != null) {
            next.following(live);
            if (live.isOpen() && isTold()) {
                definition.engine.remembered.replaced(place, openedAt);
                leftAlone(next.from);
            }
        }
        Annex annex = count > 0 ? annex() : knownAnnex();
        long opened = openedAt;
        if (next.isOpen()) {
            opened =
                    isTold()
                            ? definition.engine.remembered.opened(place)
                            : definition.engine.timeline.published();
        }
        if (annex != null) {
            annex.suspectOnly(positions, count); // stores last
        }
        // and stores alone, for which any stack has room: either nothing has changed or all has
        memo = next;
        openedAt = opened;
        if (flight != null) {
            flight.link = null;
        }
    }

    // counting and explaining; holding the monitor

    /** The live memo is open no longer: each commit since it became so had left it alone. */
    private void closed(long revision) { // law Q22
        if (isTold()) {
            definition.engine.remembered.closed(openedAt);
            leftAlone(revision);
        }
    }

    private void leftAlone(long until) {
        annex().untouched += commitsOpen(until - 1);
    }

    private long commitsOpen(long last) {
        return Math.max(0, last - openedAt);
    }

    /**
     * Notes that the body ran, when its result is installed. A first result at the revision that it
     * is open from needs no note.
     */
    void ran(Flight flight) {
        Annex annex = knownAnnex();
        boolean isPlain = flight.prior == null && hasResult() && openedAt == flight.revision;
        if (annex == null && !isPlain) {
            annex = newAnnex();
        }
        if (annex != null) {
            annex.ran(flight);
        }
    }

    /** Notes that a result was found to hold. */
    void spared(Flight flight) {
        annex().spared(flight);
    }

    synchronized PerKey counts(long published) {
        Memo live = memo;
        boolean open = live != null && live.isOpen();
        Annex annex = knownAnnex();
        long computed = annex != null ? annex.computed : hasResult() ? 1 : 0;
        long untouched = annex == null ? 0 : annex.untouched;
        return new PerKey(computed, untouched + (open ? commitsOpen(published) : 0));
    }

    /** What happened last; null when nothing did. */
    synchronized @Nullable Reason reason() {
        Annex annex = knownAnnex();
        if (annex != null) {
            return annex.reason();
        }
        return hasResult() ? new Reason(Explanation.Verdict.FIRST, openedAt, null, 0) : null;
    }

    // past memos

    /** Keeps a memo for the revisions it covers. Holding the monitor. */
    void keep(Memo old, Engine engine) {
        annex().keep(old, engine);
    }

    boolean hasPast() {
        return pastCount() > 0;
    }

    /** Drops past memos that nobody is pinned to; true when some are left. */
    synchronized boolean prune(Engine engine) { // law Q9
        Annex annex = knownAnnex();
        if (annex != null && hasPast()) {
            annex.prune(engine);
        }
        return hasPast();
    }

    int pastCount() {
        return aside instanceof Annex annex ? annex.past().length : 0;
    }

    @Override
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
        Annex annex = knownAnnex();
        if (annex != null) {
            for (Memo old : annex.past()) {
                boolean onLine = old.changedAt() == live.changedAt(); // law Q6
                if (old.covers(revision) && (onLine || faults.has(Fault.PRIVATE_TAKEN_FOR_LIVE))) {
                    return old.until();
                }
            }
        }
        return Link.LEFT;
    }

    // watching

    synchronized @Nullable Watch watch() {
        return aside instanceof Annex annex ? annex.watch : null;
    }

    private boolean isWatched() {
        return aside instanceof Annex annex && annex.watch != null;
    }

    synchronized void watch(@Nullable Watch next) {
        annex().watch = next;
    }

    /** Forgets the result, with nobody at work any more. */
    synchronized void end() {
        memo = null;
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
