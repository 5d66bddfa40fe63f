package dev.orrery.core;

import java.lang.invoke.VarHandle;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
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
     * Locks. The commit lock is taken first, the pins lock inside it or alone; feeds and signals have gates of their
     * own, entered last. User code (equality of values) runs before the commit lock is taken, against a version that is
     * checked again by identity inside; only after several lost races, and for derived values, does it run inside.
     *
     * Memory. `published` is stored last and volatile; a reader loads it first. A reader at R therefore sees every
     * version and every mark of every commit up to R.
     *
     * Horizon. Pinning reads `published` under the lock that the horizon is computed under, so a new pin is never below
     * a horizon already used. A reader without a pin may walk into a chain that was cut; it then reads again at a newer
     * revision, which lies inside the same access.
     */
    private static final System.Logger LOG = System.getLogger(Timeline.class.getName());
    private static final int COMMITS_KEPT = 1024;
    private static final int PREPARATIONS = 4;
    private static final int DRAINED = 256;

    private final String epoch;
    private final ReentrantLock commitLock = new ReentrantLock();
    private final Object pinsLock = new Object();
    private final TreeMap<Long, Integer> pins = new TreeMap<>();
    private final Deque<Cell<?, ?>> retired = new ArrayDeque<>();
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
        this.commits = new Broadcast<>(epoch, COMMITS_KEPT, start.number());
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

    /** Every commit, in order; a slow subscriber is told what it missed. */
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
        if (scope instanceof Tracking.Frame) {
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

    private Revision complete(Transaction transaction) {
        transaction.runPersistence();
        for (int attempt = 1; ; attempt++) {
            List<Transaction.Prepared<?, ?>> writes = transaction.prepare();
            if (writes.isEmpty()) {
                return now();
            }
            commitLock.lock();
            try {
                if (attempt == PREPARATIONS) {
                    writes = transaction.prepare();
                }
                if (writes.stream().allMatch(Transaction.Prepared::stillHolds)) { // law C3
                    return installEffective(transaction, writes);
                }
            } finally {
                commitLock.unlock();
            }
        }
    }

    /** Makes a revision of the writes that change something; none when there are none. */
    private Revision installEffective(
            Transaction transaction, List<Transaction.Prepared<?, ?>> writes) {
        List<Transaction.Prepared<?, ?>> effective = new ArrayList<>(writes.size());
        for (Transaction.Prepared<?, ?> write : writes) {
            if (write.effective()) {
                effective.add(write);
            } else if (write.value().isEmpty()) {
                retire(write.cell()); // perhaps made for this write only
            }
        }
        Budget.admit(effective, transaction.claims());
        return effective.isEmpty() ? now() : install(transaction, effective);
    }

    private Revision install(Transaction transaction, List<Transaction.Prepared<?, ?>> writes) {
        Revision next = new Revision(published + 1);
        Building building = new Building(next, transaction);
        for (Transaction.Prepared<?, ?> write : writes) {
            building.install(write);
        }
        // a reader that creates a dependency sees the version, or its cell is seen by the marks
        VarHandle.fullFence();
        each("derive", hook -> hook.derive(building.commit, building)); // law C1
        each("mark", hook -> hook.mark(building.commit));
        published = next.number(); // law C2
        revision.set(next);
        building.touched.forEach(this::retire);
        drainRetired(2 * building.touched.size());
        commits.publish(building.commit);
        building.touched.forEach(Cell::announce);
        each("tell of", hook -> hook.published(building.commit));
        each("finish", hook -> hook.finished(building.commit));
        return next;
    }

    private void each(String what, Consumer<CommitHook> step) {
        for (CommitHook hook : hooks) {
            try {
                step.accept(hook);
            } catch (RuntimeException | StackOverflowError e) {
                LOG.log(System.Logger.Level.ERROR, hook + " could not " + what + " a commit", e);
            }
        }
    }

    /** One commit while it is being put together, under the commit lock. */
    private static final class Building implements CommitHook.Derivation {
        private final Revision revision;
        private final List<ChangeSet<?, ?>> sets = new ArrayList<>();
        private final Map<LocalRelation<?, ?>, Map<?, ?>> changes = new LinkedHashMap<>();
        private final List<Cell<?, ?>> touched = new ArrayList<>();
        private final Commit commit;

        private Building(Revision revision, Transaction transaction) {
            this.revision = revision;
            this.commit = new Commit(revision, transaction.cause, transaction.origins(), sets);
        }

        @Override
        public <K, V> void put(LocalRelation<K, V> relation, K key, V value) {
            derive(relation, key, Optional.of(value));
        }

        @Override
        public <K, V> void remove(LocalRelation<K, V> relation, K key) {
            derive(relation, key, Optional.empty());
        }

        private <K, V> void derive(LocalRelation<K, V> relation, K key, Optional<V> value) {
            Cell<K, V> cell = relation.cell(key);
            Version<V> current = cell.head();
            if (current.from == revision.number()) {
                throw new IllegalStateException(
                        "law C1: " + relation.name() + " derives " + key + " twice in " + revision);
            }
            if (!current.value.equals(value)) {
                install(new Transaction.Prepared<>(cell, value, current, true, 0));
            }
        }

        private <K, V> void install(Transaction.Prepared<K, V> write) {
            Cell<K, V> cell = write.cell();
            cell.install(write.value(), revision.number());
            Budget<K, V> budget = cell.relation.budget();
            if (budget != null) {
                budget.take(cell.key, write.weight());
            }
            cell.relation.touch(revision.number());
            touched.add(cell);
            changesOf(cell.relation)
                    .put(cell.key, change(cell.key, write.expected().value, write.value()));
            for (Subset<K, V> subset : cell.relation.subsets()) {
                installSubset(subset, cell.key, write.value());
            }
        }

        private <K, V> void installSubset(
                Subset<K, V> subset, K key, Optional<V> value) { // law C61
            Optional<V> here = subset.of(value);
            Cell<K, V> known = subset.existing(key);
            if (known == null && here.isEmpty()) {
                return;
            }
            Cell<K, V> cell = known == null ? subset.cell(key) : known;
            Version<V> current = cell.head();
            if (!current.value.equals(here)) {
                install(new Transaction.Prepared<>(cell, here, current, true, 0));
            }
        }

        @SuppressWarnings("unchecked") // entries are made here only, with the relation's types
        private <K, V> Map<K, Change<K, V>> changesOf(LocalRelation<K, V> relation) {
            return (Map<K, Change<K, V>>)
                    changes.computeIfAbsent(
                            relation,
                            _ -> {
                                Map<K, Change<K, V>> map = new LinkedHashMap<>();
                                sets.add(new ChangeSet<>(relation, revision, map));
                                return map;
                            });
        }

        private static <K, V> Change<K, V> change(K key, Optional<V> before, Optional<V> after) {
            if (before.isEmpty()) {
                return new Change.Inserted<>(key, after.orElseThrow());
            }
            return after.isEmpty()
                    ? new Change.Deleted<>(key, before.get())
                    : new Change.Updated<>(key, before.get(), after.get());
        }
    }

    /** Holds the newest revision: every source answers as of it until the pin is closed. */
    public Pin pin() {
        synchronized (pinsLock) {
            long now = published;
            pins.merge(now, 1, Integer::sum);
            return new Pin(this, new Revision(now));
        }
    }

    /** Another hold on a revision that is held already. */
    public Pin pin(Pin held) {
        long number = held.revision().number();
        synchronized (pinsLock) {
            if (pins.computeIfPresent(number, (_, count) -> count + 1) == null) {
                throw new IllegalStateException("law C4: not held: " + held.revision());
            }
            return new Pin(this, held.revision());
        }
    }

    void unpin(long pinned) {
        synchronized (pinsLock) {
            pins.computeIfPresent(pinned, (_, count) -> count == 1 ? null : count - 1);
            if (!pins.isEmpty() && pins.firstKey() <= pinned) {
                return; // the horizon has not moved, so nothing more can be dropped
            }
        }
        if (commitLock.tryLock()) { // otherwise the committer at work, or the next one, drains
            try {
                drainRetired(0);
            } finally {
                commitLock.unlock();
            }
        }
    }

    private long horizon() {
        synchronized (pinsLock) {
            return pins.isEmpty() ? published : Math.min(pins.firstKey(), published);
        }
    }

    /** The oldest revision somebody may still read. */
    public Revision oldestPinned() {
        return new Revision(horizon());
    }

    /** Whether somebody holds a revision of the interval {@code [from, until)}. */
    public boolean isPinned(long from, long until) {
        synchronized (pinsLock) {
            Long pin = pins.ceilingKey(from);
            return pin != null && pin < until;
        }
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

    void retire(Cell<?, ?> cell) {
        retired.add(cell);
    }

    /**
     * Looks at a bounded number of cells, so that a commit under an old pin costs no more than one
     * without.
     */
    private void drainRetired(int atLeast) {
        long horizon = horizon();
        int most = Math.min(retired.size(), DRAINED + atLeast);
        for (int i = 0; i < most; i++) {
            Cell<?, ?> cell = retired.remove();
            if (cell.cutBelow(horizon)) {
                retired.add(cell);
            } else if (cell.isDead(horizon)) {
                cell.forget();
            }
        }
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
        if (!isBranchOf(relation.timeline())) {
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
