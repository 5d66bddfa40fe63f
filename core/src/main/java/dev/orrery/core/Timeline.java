package dev.orrery.core;

import java.lang.invoke.VarHandle;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The process-wide order of commits: every local source changes through one, and every reader reads
 * as of one revision.
 *
 * <p>A commit is atomic and takes the next revision. It installs all versions, lets derived sources
 * add theirs, marks what stands on them, and publishes the revision last, so that nobody sees half
 * a commit and who sees a commit sees its marks. Writers never wait for readers nor readers for
 * writers: versions are kept while someone is pinned to them. Commits of one thread keep their
 * order. Thread-safe; opens no thread.
 */
public final class Timeline {
    /*
     * Locks. The commit lock is taken first, the lock of pins inside it or alone; feeds and signals have gates of their
     * own, entered last. User code (equality of values) runs before the commit lock is taken, against a version that is
     * checked again by identity inside; only after several lost races, and for derived values, does it run inside.
     *
     * Memory. `published` is stored last and volatile; a reader loads it first. A reader at R therefore sees every
     * version and every mark of every commit up to R.
     *
     * Horizon. No pin is ever below a horizon already used (see Pins). A reader without a pin may walk into a chain that
     * was cut; it then reads again at a newer revision, which lies inside the same access.
     */
    private static final System.Logger LOG = System.getLogger(Timeline.class.getName());
    private static final int COMMITS_KEPT = 1024;

    /** So many changes are kept in commits, beside those of the newest. */
    private static final int CHANGES_KEPT = 1 << 17;

    private static final int PREPARATIONS = 4;
    private static final int DRAINED = 256;

    private final String epoch;
    private final ReentrantLock commitLock = new ReentrantLock();
    private final Pins pins = new Pins(this);

    /** Cells with versions that were still needed when they were last looked at. */
    private final Deque<Cell<?, ?>> retired = new ArrayDeque<>();

    /** Whether there are any, for those who do not hold the lock. */
    private volatile boolean hasRetired;

    private final CopyOnWriteArrayList<CommitHook> hooks = new CopyOnWriteArrayList<>();
    private final Latest<Revision> revision;
    private final Broadcast<Commit> commits;
    private final @Nullable Fork fork;
    private volatile long published;

    /** Where a branch begins, and what it has of its own. */
    private static final class Fork {
        private final Timeline parent;
        private final Timeline root;
        private final long at;
        private final Map<Versioned<?, ?>, Overlay<?, ?>> overlays = new ConcurrentHashMap<>();

        private Fork(Timeline parent, long at) {
            this.parent = parent;
            this.root = parent.fork == null ? parent : parent.fork.root;
            this.at = at;
        }
    }

    /** What a commit does: writes to sources, all visible at once or not at all. */
    @FunctionalInterface
    public interface Work<X extends Exception> {
        void run() throws X;
    }

    /** What a commit by the author of a source does. */
    @FunctionalInterface
    public interface AuthorWork<X extends Exception> {
        void run(Transaction transaction) throws X;
    }

    private Timeline(String epoch, Revision start, @Nullable Fork fork) {
        this.epoch = epoch;
        this.fork = fork;
        this.published = start.number();
        this.revision = new Latest<>(epoch, start);
        this.commits =
                new Broadcast<>(
                        epoch,
                        COMMITS_KEPT,
                        start.number(),
                        CHANGES_KEPT,
                        commit -> commit.touched.size());
    }

    /**
     * A timeline that continues after a stored revision.
     *
     * @param epoch names this opening in the cursors of feeds that live in memory
     * @param start the last revision of the previous opening, zero for the first
     */
    public static Timeline startingAt(String epoch, Revision start) {
        return new Timeline(epoch, start, null);
    }

    /** Names this opening; cursors of feeds kept in memory carry it. */
    public String epoch() {
        return epoch;
    }

    /** The newest revision everyone can see. */
    public Revision now() {
        return new Revision(published);
    }

    /** The number of {@link #now}, for readers that may not allocate: one volatile load. */
    public long published() {
        return published;
    }

    /** The newest revision, to be watched. */
    public Signal<Revision> revision() {
        return revision;
    }

    /**
     * Every commit, in order; a slow subscriber is told what it missed. The last 1,024 are kept for
     * those who come later, fewer where they are of more than 131,072 changes together.
     */
    public Feed<Delivery<Commit>> commits() {
        return commits;
    }

    /**
     * Runs work whose writes become visible together, as one revision.
     *
     * <p>Inside another commit the work joins it. Writes that change nothing make no revision. What
     * the work throws is thrown on, and nothing is committed. Refused inside a query. Inside a
     * commit of a branch the work joins that, and changes the branch alone.
     *
     * @return the revision made; the newest published one when nothing changed or the work joined
     *     another commit
     */
    public <X extends Exception> Revision commit(Work<X> work) throws X {
        return transact("commit", _ -> work.run());
    }

    /**
     * The form of {@link #commit} for authors of sources; {@code cause} says who commits, in a
     * word.
     */
    public <X extends Exception> Revision transact(String cause, AuthorWork<X> work) throws X {
        Tracking.Scope scope = Tracking.scope();
        if (scope instanceof Transaction outer
                && (outer.timeline == this || outer.timeline.isBranchOf(this))) {
            work.run(outer);
            return outer.timeline.now();
        }
        if (scope instanceof Tracking.Frame) { // law C13
            throw new OrreryException.Unsupported("commit (" + cause + ")", "a query or snapshot");
        }
        Transaction transaction = new Transaction(this, cause);
        boolean committed = false;
        try {
            Tracking.<Void, X>within(
                    transaction,
                    () -> {
                        work.run(transaction);
                        return null;
                    });
            Revision reached = complete(transaction);
            committed = true;
            return reached;
        } finally {
            transaction.end(committed);
        }
    }

    /** One write of a source, inside the commit under way or as one of its own. */
    public <K, V> Revision write(
            String cause, LocalRelation<K, V> relation, K key, Optional<V> value) {
        if (Tracking.scope() != null) {
            return transact(cause, transaction -> transaction.write(relation, key, value));
        }
        Transaction transaction = new Transaction(this, cause);
        transaction.write(relation, key, value);
        return complete(transaction); // nothing is stored, so there is nothing to end
    }

    private Revision complete(Transaction transaction) {
        transaction.runPersistence();
        for (int attempt = 1; ; attempt++) {
            List<Transaction.Prepared<?, ?>> writes =
                    attempt == 1 ? transaction.prepared() : transaction.prepare();
            if (writes.isEmpty()) {
                return now();
            }
            commitLock.lock();
            try {
                if (attempt == PREPARATIONS) {
                    writes = transaction.prepare();
                }
                if (stillHold(writes)) { // law C3
                    return installEffective(transaction, writes);
                }
            } finally {
                commitLock.unlock();
            }
        }
    }

    private static boolean stillHold(List<Transaction.Prepared<?, ?>> writes) {
        for (Transaction.Prepared<?, ?> write : writes) {
            if (!write.stillHolds()) {
                return false;
            }
        }
        return true;
    }

    /** Makes a revision of the writes that change something; none when there are none. */
    private Revision installEffective(
            Transaction transaction, List<Transaction.Prepared<?, ?>> writes) {
        for (Transaction.Prepared<?, ?> write : writes) {
            write.requireThawed();
        }
        Budget.admit(writes, transaction.claims());
        Building building = null;
        for (Transaction.Prepared<?, ?> write : writes) {
            if (write.effective()) {
                if (building == null) {
                    building =
                            new Building(new Revision(published + 1), transaction, writes.size());
                }
                building.install(write);
            } else if (write.value().isEmpty()) {
                retire(write.cell()); // perhaps made for this write only
            }
        }
        return building == null ? now() : publish(building);
    }

    private Revision publish(Building building) {
        // a reader that creates a dependency sees the version, or its cell is seen by the marks
        VarHandle.fullFence();
        each(Step.DERIVE, building); // law C1
        each(Step.MARK, building);
        published = building.revision.number(); // law C2
        revision.set(building.revision);
        drop(building.commit.touched);
        commits.append(building.commit);
        for (Cell<?, ?> cell : building.commit.touched) {
            cell.announce();
        }
        each(Step.TELL, building);
        each(Step.FINISH, building);
        return building.revision;
    }

    private enum Step {
        DERIVE,
        MARK,
        TELL,
        FINISH
    }

    private void each(Step step, Building building) {
        for (CommitHook hook : hooks) {
            try {
                switch (step) {
                    case DERIVE -> hook.derive(building.commit, building);
                    case MARK -> hook.mark(building.commit);
                    case TELL -> hook.published(building.commit);
                    case FINISH -> hook.finished(building.commit);
                }
            } catch (RuntimeException | StackOverflowError e) {
                LOG.log(System.Logger.Level.ERROR, hook + " could not " + step + " a commit", e);
            }
        }
    }

    /** Holds the newest revision: every source answers as of it until the pin is closed. */
    public Pin pin() {
        return new Pin(this, new Revision(pins.hold()));
    }

    /** Another hold on a revision that is held already. */
    public Pin pin(Pin held) {
        if (!pins.holdAgain(held.revision().number())) {
            throw new IllegalStateException("law C4: not held: " + held.revision());
        }
        return new Pin(this, held.revision());
    }

    void unpin(long pinned) {
        pins.release(pinned);
        released(pinned);
    }

    /** Begins to read at the newest revision; the reading must be closed soon. */
    public Reading read() {
        return pins.read();
    }

    /** Somebody does not hold a revision any more. */
    void released(long pinned) {
        if (!hasRetired || pins.horizon() <= pinned) {
            return; // nothing is owed, or the horizon has not moved
        }
        if (commitLock.tryLock()) { // otherwise the committer at work, or the next one, drains
            try {
                drainRetired(pins.horizon(), DRAINED);
            } finally {
                commitLock.unlock();
            }
        }
    }

    /** The oldest revision somebody may still read. */
    public Revision oldestPinned() {
        return new Revision(pins.horizon());
    }

    /** The number of {@link #oldestPinned}. */
    public long horizon() {
        return pins.horizon();
    }

    /** Whether somebody holds a revision of the interval {@code [from, until)}. */
    public boolean isPinned(long from, long until) {
        return pins.isAnyIn(from, until);
    }

    /** Runs an action while no commit is under way. */
    void alone(Runnable action) {
        commitLock.lock();
        try {
            action.run();
        } finally {
            commitLock.unlock();
        }
    }

    /** Has a cell looked at again. Holding the commit lock. */
    void retire(Cell<?, ?> cell) {
        retired.add(cell);
        hasRetired = true;
    }

    /** Drops what a commit has replaced, and looks at some of what was still needed before. */
    private void drop(List<Cell<?, ?>> touched) {
        long horizon = pins.horizon();
        for (Cell<?, ?> cell : touched) {
            dropOld(cell, horizon);
        }
        if (hasRetired) {
            drainRetired(horizon, DRAINED + 2 * touched.size());
        }
    }

    private void dropOld(Cell<?, ?> cell, long horizon) {
        if (cell.cutBelow(horizon)) {
            retire(cell);
        } else if (cell.isDead(horizon)) {
            cell.forget();
        }
    }

    /**
     * Looks at a bounded number of cells, so that a commit under an old pin costs no more than one
     * without.
     */
    private void drainRetired(long horizon, int most) {
        for (int i = Math.min(retired.size(), most); i > 0; i--) {
            dropOld(retired.remove(), horizon);
        }
        hasRetired = !retired.isEmpty();
    }

    // branches

    /**
     * A timeline that begins with the facts of a revision held here and goes its own way: what is
     * committed on it is seen there only, and what is committed here later is not seen there. It
     * costs nothing until it is written to. It has no hooks, and relations that are branchable can
     * be changed on it, no others.
     *
     * @param held a pin of this timeline; it must stay open as long as the branch is used
     */
    public Timeline branch(Pin held) { // law C54
        return new Timeline(epoch, held.revision(), new Fork(this, held.revision().number()));
    }

    /** Whether this was branched off another timeline. */
    public boolean isBranch() {
        return fork != null;
    }

    /** Whether this was branched off another timeline, or off a branch of it. */
    boolean isBranchOf(Timeline other) {
        return fork != null && fork.root == other;
    }

    /** A source as this timeline sees it: itself, or on a branch the source with its own writes. */
    public <K, V> Versioned<K, V> own(Versioned<K, V> source) {
        if (source.timeline() == this) {
            return source;
        }
        if (source instanceof Overlay<K, V> overlay) {
            return own(overlay.origin);
        }
        if (!isBranchOf(source.timeline())) {
            throw new OrreryException.Unsupported(
                    "read " + source.name(), "a query on another timeline");
        }
        return overlay(source);
    }

    /** The overlay of a source of the root, on a branch. */
    @SuppressWarnings("unchecked") // overlays are made here only, with their source's types
    <K, V> Overlay<K, V> overlay(Versioned<K, V> source) {
        Fork begin = Objects.requireNonNull(fork, "only a branch has overlays");
        Overlay<?, ?> known = begin.overlays.get(source);
        if (known == null) {
            Versioned<K, V> below = begin.parent.own(source);
            Overlay<K, V> made = new Overlay<>(this, source, below, begin.at);
            Overlay<?, ?> other = begin.overlays.putIfAbsent(source, made);
            known = other == null ? made : other;
        }
        return (Overlay<K, V>) known;
    }

    /** Where a write to a relation goes. */
    LocalRelation<?, ?> writable(LocalRelation<?, ?> relation) {
        if (relation.timeline() == this) {
            return relation;
        }
        if (!isBranchOf(relation.timeline())) { // law C13
            throw new OrreryException.Unsupported(
                    "change " + relation.name(), "a commit of another timeline");
        }
        if (!relation.isBranchable()) {
            throw new OrreryException.Unsupported(
                    "change " + relation.name(), "a snapshot's commit");
        }
        return overlay(relation);
    }

    // hooks

    /**
     * Has a hook follow every commit from here on.
     *
     * @return a pin on the last revision the hook will not be told of; close it when the hook has
     *     read what it needs
     */
    public Pin attach(CommitHook hook) {
        commitLock.lock();
        try {
            hooks.add(hook);
            return pin();
        } finally {
            commitLock.unlock();
        }
    }

    /** Ends what {@link #attach} began; when it returns, the hook is not called any more. */
    public void detach(CommitHook hook) {
        commitLock.lock();
        try {
            hooks.remove(hook);
        } finally {
            commitLock.unlock();
        }
    }
}
