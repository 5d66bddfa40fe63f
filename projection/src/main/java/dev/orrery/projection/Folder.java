package dev.orrery.projection;

import dev.orrery.core.Cursor.Numbered;
import dev.orrery.core.OrreryException;
import dev.orrery.core.OrreryException.Conflict;
import dev.orrery.core.OrreryException.Missing;
import dev.orrery.core.OrreryException.Unavailable;
import dev.orrery.core.OrreryException.Unsupported;
import dev.orrery.core.Timeline;
import dev.orrery.core.Transaction;
import dev.orrery.core.Versioned;
import dev.orrery.log.EventLog;
import dev.orrery.log.Position;
import dev.orrery.log.Recorded;
import dev.orrery.projection.ProjectionStatus.Failed;
import dev.orrery.projection.ProjectionStatus.Following;
import dev.orrery.projection.ProjectionStatus.StandingBy;
import dev.orrery.sql.Database;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Folds one projection: folds batches in memory over the states of an epoch, parks what throws, and
 * answers readers.
 *
 * <h2>Recovery</h2>
 *
 * A crash before a batch's transaction leaves nothing: the batch is read again. A crash after it is
 * harmless too: opening rebuilds memory from the store. Each step that is stored, a batch or a
 * command, raises the epoch's fence by one, and only from what this folder believes it to be; when
 * somebody else took a step, this one is dropped and what was stored since is read.
 *
 * <h2>Concurrency</h2>
 *
 * The lock of an epoch is held for a whole step, by the thread that folds the log ({@link
 * LogFollower}), that catches up alone ({@link CatchUp}), or that retries a parked key; it is taken
 * before the database's turn and the timeline's commit lock. User functions (keys, fold) run under
 * it and must not call back into the projection.
 */
final class Folder<E, K, S> {
    private static final System.Logger LOG = System.getLogger(Folder.class.getName());

    private final EventLog<E> log;
    private final Timeline timeline;
    private final Database database;
    private final FoldTables tables;
    private final Folding<E, K, S> folding;
    private final Workers workers;
    private final LogFolds<E> folds;
    private final FoldedRelation<E, K, S, ?> relation;
    private final FoldProgress progress;
    private final Freshness<E, K, S> freshness;
    private final KeyCommands<E, K, S> commands = new KeyCommands<>(this);
    private final Counts counts = new Counts();
    private final Wakes<K> wakes = new Wakes<>();
    private volatile Life<E, K, S> served;
    private volatile @Nullable Life<E, K, S> previous;
    private volatile @Nullable Rebuild rebuild;
    private @Nullable SharedFold<E, K, S> shared;
    private volatile boolean closed;

    Folder(
            Folding<E, K, S> folding,
            EventLog<E> log,
            Timeline timeline,
            Database database,
            FoldTables tables,
            Life<E, K, S> served,
            @Nullable Life<E, K, S> previous,
            LogFolds<E> folds,
            Workers workers) {
        this.folding = folding;
        this.log = log;
        this.timeline = timeline;
        this.database = database;
        this.tables = tables;
        this.served = served;
        this.previous = previous;
        this.folds = folds;
        this.workers = workers;
        this.progress = new FoldProgress(folding.name(), served.epoch());
        this.freshness = new Freshness<>(this, progress);
        this.relation = relation(folding.changes());
    }

    /** Has it share its database with other processes. Before anybody has it. */
    SharedFold<E, K, S> share(Leases leases) {
        SharedFold<E, K, S> sharing = new SharedFold<>(this, tables, leases, database, folds);
        shared = sharing;
        tell(new StandingBy("nobody"));
        return sharing;
    }

    private <D> FoldedRelation<E, K, S, D> relation(Folding.Change<E, S, D> changes) {
        StateRows<K, S> rows =
                new StateRows<>(folding.keys(), folding.states(), folding.projection().keyColumn());
        return new FoldedRelation<>(timeline, this, rows, changes);
    }

    FoldedRelation<E, K, S, ?> relation() {
        return relation;
    }

    String name() {
        return folding.name();
    }

    EventLog<E> log() {
        return log;
    }

    Versioned.Form<K, S> form() {
        return new Versioned.Form<>(folding.keys(), folding.states());
    }

    /** How this program folds. */
    Folding<E, K, S> folding() {
        return folding;
    }

    Life<E, K, S> life() {
        return served;
    }

    Epoch<K, S> served() {
        return served.epoch();
    }

    /** Whether a life is folded in this process, if it is at all. */
    boolean folds(Life<?, ?, ?> life) {
        return shared == null || life.epoch().isHeld();
    }

    boolean serves(Epoch<?, ?> epoch) {
        return epoch == served.epoch();
    }

    Wakes<K> wakes() {
        return wakes;
    }

    Counts counts() {
        return counts;
    }

    boolean isClosed() {
        return closed;
    }

    ProjectionStatus status() {
        return progress.status();
    }

    void tell(ProjectionStatus status) {
        progress.tell(served().readable(), status);
    }

    void failed(OrreryException cause) {
        Position after = served().position();
        LOG.log(
                System.Logger.Level.ERROR,
                "projection " + name() + " stopped after " + after,
                cause);
        tell(new Failed(after, cause));
        if (shared != null) {
            shared.end();
        }
    }

    Position at(long number) {
        return new Position(served().position().log(), number);
    }

    // folding

    /** Folds what of a batch comes after the served states. Holding the lock of that life. */
    FoldStep<K, S> fold(Life<E, K, S> life, List<Recorded<E>> batch) {
        return fold(life, life.epoch().tables()::states, batch);
    }

    /** The same where states are read in another way. */
    FoldStep<K, S> fold(Life<E, K, S> life, StoredRows stored, List<Recorded<E>> batch) {
        FoldBatch<E, K, S> folded =
                FoldBatch.of(life.requireFolding(), life.epoch(), workers, stored, batch);
        if (serves(life.epoch())) {
            counts.folded(folded.position() - life.epoch().position().number());
            counts.retried(folded.retries());
        }
        return new FoldStep<>(
                this,
                life.epoch(),
                folded.result(nextRevision(), List.of()),
                Set.of(),
                folded.failure().orElse(null),
                folded.isRepeatable());
    }

    long nextRevision() {
        return timeline.now().number() + 1;
    }

    /**
     * Folds, stores and shows batches of this projection alone, again and again while the database
     * cannot be reached.
     *
     * @param work false when somebody else had folded on, and everything was read again
     * @return what the work returned; also false when more is stored than was known here
     */
    boolean patiently(Life<E, K, S> life, BooleanSupplier work) { // law P17
        Outage outage = folds.threads().outage("projection " + name());
        boolean isAway = false;
        while (true) {
            try {
                return !(isAway && readAgain(life)) && work.getAsBoolean();
            } catch (OrreryException away) {
                if (closed || folds.threads().areClosing()) {
                    throw away;
                }
                outage.await(away);
                isAway = true;
            }
        }
    }

    /**
     * Takes over what is stored of a life, if it is more than is known here: perhaps only the
     * answer to what was stored from here was lost.
     *
     * @return whether it was more
     */
    boolean readAgain(Life<E, K, S> life) {
        life.lock().lock();
        try {
            long known = life.epoch().fence();
            reload(life.epoch());
            return life.epoch().fence() != known;
        } finally {
            life.lock().unlock();
        }
    }

    /**
     * Folds, stores and shows a batch of this projection alone; false when somebody else had folded
     * on, and everything was read again.
     */
    boolean step(Life<E, K, S> life, List<Recorded<E>> batch) {
        life.lock().lock();
        try {
            FoldStep<K, S> step = fold(life, batch);
            boolean inOrder = take(step);
            step.failure()
                    .ifPresent(failure -> {
                        throw failure;
                    });
            return inOrder;
        } finally {
            life.lock().unlock();
        }
    }

    boolean take(FoldStep<K, S> step) {
        return FoldStep.take(database, timeline, log.name(), List.of(step));
    }

    /** Tells of the served states, some of which have changed. Holding the lock. */
    void reached(Set<K> changed) {
        relation.shown();
        tell(status());
        wakes.wake(changed);
    }

    /**
     * What is visible of an epoch is about to be left out of memory. Holding the lock.
     *
     * @return false when there was more than that, which was shown and left out
     */
    boolean settle(Epoch<K, S> epoch) {
        return shared == null || !serves(epoch) || shared.settle(epoch);
    }

    /** Leaves out of memory what is too much, and tells of what has changed. Holding the lock. */
    void leaveOut(Epoch<K, S> epoch, Set<K> changed) {
        epoch.trim();
        if (serves(epoch)) {
            reached(changed);
        }
    }

    /** Shows what another process stored. Holding the lock. */
    void showFollowed(Epoch<K, S> epoch, Map<K, Held<S>> changed, FoldTables.EpochRow row) {
        FoldStep.show(
                timeline,
                log.name(),
                List.of(
                        new FoldStep.Shown<>(
                                this, epoch, changed, Set.of(), row.position(), row.time(), true)));
        epoch.forget(row.position());
    }

    /** Looks at what other processes stored, if there are such; not holding a lock. */
    void look() {
        if (shared != null) {
            folds.tend(shared);
        }
    }

    /** No events yet, over a life. */
    FoldBatch<E, K, S> batch(Life<E, K, S> life) {
        return new FoldBatch<>(life.requireFolding(), life.epoch(), workers);
    }

    KeyCommands<E, K, S> commands() {
        return commands;
    }

    /** Takes over what somebody else stored for an epoch. Holding the lock. */
    void reload(Epoch<K, S> epoch) {
        if (shared != null) {
            shared.follow(epoch);
            return;
        }
        FoldTables.EpochRow row =
                tables.find(epoch.row().id())
                        .orElseThrow(() ->
                                new Conflict(
                                        "epoch of projection " + name(),
                                        epoch.name(),
                                        "one served instead"));
        if (row.fence() == epoch.fence()) {
            return;
        }
        Map<K, Held<S>> changed = epoch.overtaken(epoch.tables());
        if (serves(epoch)) {
            refuseUnlessKnown(changed.keySet());
        }
        hold(epoch, changed.keySet());
        epoch.takeOver(row);
        FoldStep.show(
                timeline,
                name(),
                List.of(
                        new FoldStep.Shown<>(
                                this,
                                epoch,
                                changed,
                                Set.of(),
                                row.position(),
                                row.time(),
                                false)));
    }

    /**
     * What a key that is not in memory had before somebody else folded on is not known any more.
     * That can only be where one process folds the same projection twice.
     */
    private void refuseUnlessKnown(Set<K> changed) {
        for (K key : changed) {
            if (!relation.knowsBefore(key)) {
                throw new Conflict("projection " + name(), "folded once in a process", key);
            }
        }
    }

    /** Has keys stay in memory with the states they have there, if those are served. */
    void hold(Epoch<K, S> epoch, Set<K> keys) {
        if (serves(epoch)) {
            relation.hold(keys, epoch);
        }
    }

    // rebuilding

    /** The rebuild that is under way, or the last one. */
    Optional<Rebuild> rebuilding() {
        return Optional.ofNullable(rebuild);
    }

    /** Tells of a rebuild that begins. */
    Rebuild begins(Life<E, K, S> building) {
        return begins(building.epoch().position());
    }

    /** Tells of a rebuild that is somewhere already. */
    Rebuild begins(Position reached) {
        Rebuild begun = new Rebuild(name(), reached);
        rebuild = begun;
        return begun;
    }

    /** Folds everything anew beside what is served. */
    synchronized Rebuild beginRebuild() {
        Rebuild last = rebuild;
        if (last != null && last.isUnderWay()) {
            return last;
        }
        served.requireFolding();
        if (shared != null) {
            return shared.build().rebuild();
        }
        FoldTables.EpochRow row = tables.build(folding.projection().version());
        previous = null; // its rows went with that
        return folds.rebuild(this, Life.of(folding.epoch(row, tables, log.start().log()), folding));
    }

    /** Brings what was served before up to date, to serve it again. */
    synchronized Rebuild beginUndo() {
        Rebuild last = rebuild;
        if (last != null && last.isUnderWay()) {
            throw new Unavailable(
                    "a rebuild of " + name() + " is under way",
                    "wait for its end",
                    Duration.ofSeconds(1),
                    null);
        }
        if (shared != null) {
            return shared.build().undo();
        }
        Life<E, K, S> before = previous;
        if (before == null) {
            throw new Missing("states of " + name(), "before its last rebuild");
        }
        if (before.folding() == null) {
            throw new Unsupported(
                    "fold states of version " + before.epoch().row().version(),
                    "a program with another version: run that one");
        }
        return folds.rebuild(this, before);
    }

    synchronized void forgetPrevious() {
        tables.forgetPrevious();
        previous = null;
    }

    /**
     * Serves one epoch instead of the other, in one transaction and one commit, which holds all
     * that differs in memory. Nobody else may be folding either. // law P7
     */
    void serveInstead(Life<E, K, S> next) {
        Life<E, K, S> old = served;
        List<ReentrantLock> both = List.of(old.lock(), next.lock());
        both.forEach(ReentrantLock::lock);
        try {
            Map<K, Differing<S>> differing = Comparison.stored(old.epoch(), next.epoch());
            relation.hold(differing); // law C65: from here on the store has what is new
            tables.replace(old.epoch().row(), next.epoch().row(), nextRevision());
            previous = old;
            serve(next, differing);
        } finally {
            both.forEach(ReentrantLock::unlock);
        }
    }

    /** Shows another life instead, whose keys that differ are held. Holding both locks. */
    void serve(Life<E, K, S> next, Map<K, Differing<S>> differing) {
        Life<E, K, S> old = served;
        served = next;
        timeline.transact(name(), tx -> differing.forEach((key, states) -> put(tx, key, states)));
        relation.shown();
        old.epoch().leaveOut();
        if (shared != null) {
            old.epoch().tables().view().keep(null);
        }
        tell(new Following());
        wakes.wakeAll();
    }

    private void put(Transaction tx, K key, Differing<S> states) {
        states.after()
                .ifPresentOrElse(
                        state -> tx.put(relation, key, state), () -> tx.remove(relation, key));
    }

    /** Takes the lock of the life that is served, which stays so until it is given back. */
    @SuppressWarnings("LockNotBeforeTry") // it is the caller who gives it back
    Life<E, K, S> lockServed() {
        while (true) {
            Life<E, K, S> life = served;
            life.lock().lock();
            if (serves(life.epoch())) {
                return life;
            }
            life.lock().unlock();
        }
    }

    /** The events that wait for a key, in order, from the one that could not be folded. */
    List<Recorded<E>> waiting(K key) {
        return served().tables().parked(folding.keys().encode(key)).stream()
                .map(number -> KeyRetry.eventAt(log, number))
                .toList();
    }

    /**
     * The changes of a key after a version, in order, as far as they are kept without a gap:
     * perhaps only the first of them, none when the first is no longer kept.
     */
    List<byte[]> changes(Epoch<K, S> epoch, K key, Held<S> newest, long after) {
        byte[] encoded = folding.keys().encode(key);
        String where = "changes of " + key + " in projection " + name();
        List<byte[]> recent =
                Chunks.changes(
                        epoch.changes().recent()::find, encoded, newest.chunk(), after, where);
        return recent.isEmpty()
                ? epoch.tables()
                        .readChunks(reader ->
                                Chunks.changes(
                                        reader::chunk, encoded, newest.chunk(), after, where))
                : recent;
    }

    // waiting and reading

    /** What an epoch that is served knows of a key. */
    record Known<K, S>(Epoch<K, S> epoch, @Nullable Held<S> held) {
        Numbered place() {
            return new Numbered(epoch.name(), held == null ? 0 : held.version());
        }

        @Nullable S state() {
            return held == null ? null : held.state();
        }
    }

    /** What is known of a key; nothing only if nothing was while its epoch was served. */
    Known<K, S> known(K key) {
        while (true) {
            Epoch<K, S> epoch = served();
            Held<S> held = epoch.held(key);
            if (held != null || serves(epoch)) { // else its rows may be gone
                return new Known<>(epoch, held);
            }
        }
    }

    /** Refuses to say that a key has no state where some states of an epoch do not decode. */
    void requireReadable(Epoch<K, S> epoch, K key) {
        if (epoch.isLenient()) {
            throw new Unavailable(
                    "state of " + key + " in projection " + name() + " is being folded anew",
                    "wait for that by atLeast",
                    Duration.ofSeconds(1),
                    null);
        }
    }

    /** How far what everybody can see is. */
    Position position() {
        return progress.reached().position();
    }

    /** How fresh that is. */
    Freshness<E, K, S> freshness() {
        return freshness;
    }

    S initial(K key) {
        return folding.projection().initial(key);
    }

    // closing

    /** Refuses what would change states from here on. */
    void close() {
        closed = true;
    }
}
