package dev.orrery.projection;

import dev.orrery.core.Codec;
import dev.orrery.core.OrreryException;
import dev.orrery.core.OrreryException.Closed;
import dev.orrery.core.OrreryException.Conflict;
import dev.orrery.core.OrreryException.Missing;
import dev.orrery.core.OrreryException.Unsupported;
import dev.orrery.core.OrreryException.UserFailure;
import dev.orrery.core.Timeline;
import dev.orrery.core.Tracking;
import dev.orrery.core.Transaction;
import dev.orrery.core.Versioned;
import dev.orrery.log.EventLog;
import dev.orrery.log.Position;
import dev.orrery.log.Recorded;
import dev.orrery.projection.ProjectionStatus.Failed;
import dev.orrery.projection.ProjectionStatus.Following;
import dev.orrery.sql.Database;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Folds one projection: folds batches in memory over the states of an epoch, parks what throws, and
 * answers readers.
 *
 * <h2>Recovery</h2>
 *
 * A crash before a batch's transaction leaves nothing: the batch is read again. A crash after it is
 * harmless too: opening rebuilds memory from the store. The transaction moves the position only
 * from where this folder believes it to be; when somebody else folded on, the batch is dropped and
 * everything is read again.
 *
 * <h2>Concurrency</h2>
 *
 * The lock is held for a whole step, by the thread that folds the log ({@link LogFollower}), that
 * catches up alone ({@link CatchUp}), or that retries a parked key; it is taken before the
 * database's turn and the timeline's commit lock. User functions (keys, fold) run under it and must
 * not call back into the projection.
 */
final class Folder<E, K, S> {
    private static final System.Logger LOG = System.getLogger(Folder.class.getName());

    private final Projection<? super E, K, S> projection;
    private final EventLog<E> log;
    private final Timeline timeline;
    private final Database database;
    private final FoldTables tables;
    private final Codec<K> keys;
    private final Codec<S> states;
    private final InstantSource clock;
    private final int versionsKept;
    private final FoldedRelation<K, S> relation;
    private final FoldProgress progress;
    private final Wakes<K> wakes = new Wakes<>();
    private final ReentrantLock folding = new ReentrantLock();
    private volatile Epoch<K, S> served;
    private volatile boolean closed;

    Folder(
            Projection<? super E, K, S> projection,
            EventLog<E> log,
            Timeline timeline,
            Database database,
            FoldTables tables,
            Epoch<K, S> served,
            Codec<K> keys,
            Codec<S> states,
            StateRows<K, S> rows,
            InstantSource clock,
            int versionsKept) {
        this.projection = projection;
        this.log = log;
        this.timeline = timeline;
        this.database = database;
        this.tables = tables;
        this.keys = keys;
        this.states = states;
        this.clock = clock;
        this.versionsKept = versionsKept;
        this.served = served;
        this.progress = new FoldProgress(projection.name(), served);
        this.relation = new FoldedRelation<>(timeline, this, projection.name(), rows, served);
    }

    FoldedRelation<K, S> relation() {
        return relation;
    }

    String name() {
        return projection.name();
    }

    EventLog<E> log() {
        return log;
    }

    Versioned.Form<K, S> form() {
        return new Versioned.Form<>(keys, states);
    }

    Epoch<K, S> served() {
        return served;
    }

    boolean serves(Epoch<?, ?> epoch) {
        return epoch == served;
    }

    Wakes<K> wakes() {
        return wakes;
    }

    boolean isClosed() {
        return closed;
    }

    ProjectionStatus status() {
        return progress.status();
    }

    void tell(ProjectionStatus status) {
        progress.tell(served.reached(), status);
    }

    void failed(OrreryException cause) {
        LOG.log(
                System.Logger.Level.ERROR,
                "projection " + name() + " stopped after " + served.position(),
                cause);
        tell(new Failed(served.position(), cause));
    }

    // folding

    void lock() {
        folding.lock();
    }

    void unlock() {
        folding.unlock();
    }

    /** Folds what of a batch comes after the served states. Holding the lock. */
    FoldStep<K, S> fold(List<Recorded<E>> batch) {
        return fold(served, batch);
    }

    /** Folds what of a batch comes after an epoch's states. Holding the lock. */
    private FoldStep<K, S> fold(Epoch<K, S> epoch, List<Recorded<E>> batch) {
        FoldBatch<E, K, S> folded = newBatch(epoch);
        folded.foldAll(batch);
        return new FoldStep<>(this, epoch, folded, List.of());
    }

    private FoldBatch<E, K, S> newBatch(Epoch<K, S> epoch) {
        return new FoldBatch<>(projection, epoch, keys, states, versionsKept);
    }

    /**
     * Folds, stores and shows a batch of this projection alone; false when somebody else had folded
     * on, and everything was read again.
     */
    boolean step(Epoch<K, S> epoch, List<Recorded<E>> batch) {
        folding.lock();
        try {
            FoldStep<K, S> step = fold(epoch, batch);
            boolean inOrder = FoldStep.take(database, timeline, log.name(), List.of(step));
            step.failure()
                    .ifPresent(failure -> {
                        throw failure;
                    });
            return inOrder;
        } finally {
            folding.unlock();
        }
    }

    /** Has one more event wait for its key. Holding the lock. */
    void park(Epoch<K, S> epoch, FoldBatch.Waiting<K> waiting) {
        String cause = waiting.cause();
        if (cause != null) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "projection {0} parked {1} at event {2}: {3}",
                    name(),
                    waiting.key(),
                    waiting.position(),
                    cause);
        }
        epoch.park(waiting.key(), waiting.position(), cause == null ? "" : cause);
    }

    /** Tells of the served states, some of which have changed. Holding the lock. */
    void reached(Set<K> changed) {
        tell(status());
        wakes.wake(changed);
    }

    /** Takes over what somebody else stored for an epoch. Holding the lock. */
    void reload(Epoch<K, S> epoch) {
        FoldTables.EpochRow row =
                tables.find(epoch.id())
                        .orElseThrow(() ->
                                new Conflict(
                                        "epoch of projection " + name(),
                                        epoch.name(),
                                        "one served instead"));
        Epoch<K, S> stored = new Epoch<>(row, log.start().log());
        stored.load(tables, keys, states);
        Map<K, Held<S>> changed = new LinkedHashMap<>();
        stored.forEach((key, held) -> {
            if (epoch.find(key).map(Held::version).orElse(0L) != held.version()) {
                changed.put(key, held);
            }
        });
        epoch.parked().forEach(one -> epoch.release(one.key()));
        stored.parked().forEach(epoch::park);
        FoldStep.show(
                timeline,
                name(),
                List.of(new FoldStep.Shown<>(this, epoch, changed, row.position(), row.time())));
    }

    /** Serves one epoch instead of the other, in one transaction and one commit. // law P7 */
    void serveInstead(Epoch<K, S> next) {
        folding.lock();
        try {
            Epoch<K, S> old = served;
            tables.replace(old.row(), next.row(), timeline.now().number() + 1);
            served = next;
            timeline.transact(
                    name(),
                    tx -> {
                        next.forEach((key, held) -> tx.put(relation, key, held.state()));
                        old.forEach((key, _) -> removeUnless(next.holds(key), tx, key));
                    });
            tell(new Following());
            wakes.wakeAll();
        } finally {
            folding.unlock();
        }
    }

    private void removeUnless(boolean stays, Transaction tx, K key) {
        if (!stays) {
            tx.remove(relation, key);
        }
    }

    // parked keys

    /** Folds the waiting events of a parked key, the first of them left out if asked. */
    void retry(K key, boolean leaveOutFirst) {
        folding.lock();
        try {
            if (closed) {
                throw new Closed("projection " + name());
            }
            Epoch<K, S> epoch = served;
            if (!epoch.isParked(key)) {
                throw new Missing("parked keys of " + name(), key);
            }
            retry(epoch, key, leaveOutFirst);
        } finally {
            folding.unlock();
        }
    }

    private void retry(Epoch<K, S> epoch, K key, boolean leaveOutFirst) {
        byte[] encoded = keys.encode(key);
        FoldBatch<E, K, S> folded = newBatch(epoch);
        List<FoldTables.Released> released = new ArrayList<>();
        for (long number : tables.parked(epoch.id(), encoded)) {
            boolean leftOut = leaveOutFirst && released.isEmpty();
            if (!leftOut && !folded.foldInto(key, eventAt(number))) {
                break;
            }
            released.add(new FoldTables.Released(encoded, number));
        }
        FoldStep<K, S> step = new FoldStep<>(this, epoch, folded, released);
        if (!FoldStep.take(database, timeline, name(), List.of(step))) {
            throw new Conflict(
                    "position of projection " + name(), "the one read last", epoch.position());
        }
        List<Long> waiting = tables.parked(epoch.id(), encoded);
        epoch.release(key);
        folded.fault(key)
                .ifPresent(fault -> {
                    waiting.forEach(
                            number -> epoch.park(key, number, String.valueOf(fault.cause())));
                    throw new UserFailure("projection " + name(), key, fault.cause());
                });
    }

    private Recorded<E> eventAt(long number) {
        return log.read(new Position(log.start().log(), number - 1), 1).getFirst();
    }

    // waiting and reading

    void awaitPosition(Position position, Duration timeout) {
        if (Tracking.frame() != null) {
            throw new Unsupported("wait for " + name(), "a query or snapshot");
        }
        progress.await(position, timeout);
    }

    Reading<S> read(K key) {
        if (Tracking.frame() != null) {
            throw new Unsupported("read the age of " + name(), "a query or snapshot");
        }
        Epoch<K, S> epoch = served;
        Held<S> held = epoch.find(key).orElseThrow(() -> new Missing(name(), key));
        Position position = new Position(epoch.position().log(), held.position());
        return new Reading<>(held.state(), epoch.name(), held.version(), position, lag().age());
    }

    /** How far what everybody can see is. */
    Position position() {
        return progress.reached().position();
    }

    Lag lag() {
        Epoch.Reached reached = progress.reached();
        long behind = log.head().number() - reached.position().number();
        if (behind <= 0) {
            return new Lag(0, Duration.ZERO);
        }
        Duration age = Duration.between(reached.time(), clock.instant());
        return new Lag(behind, age.isNegative() ? Duration.ZERO : age);
    }

    /**
     * The states of a key after one version and up to another, in order, as far as they are kept
     * without a gap: perhaps only the first of them, none when the first is no longer kept.
     */
    List<S> states(Epoch<K, S> epoch, K key, long after, long upTo) {
        List<S> found = new ArrayList<>();
        String where = "versions of " + key + " in projection " + name();
        for (FoldTables.VersionsRow row : tables.versions(epoch.id(), keys.encode(key), after)) {
            long next = after + found.size() + 1;
            if (row.first() > next) {
                break;
            }
            for (byte[] state :
                    PackedStates.unpack(row.states(), where)
                            .subList((int) (next - row.first()), row.size())) {
                if (after + found.size() < upTo) {
                    found.add(states.decode(state));
                }
            }
        }
        return found;
    }

    S initial(K key) {
        return projection.initial(key);
    }

    // closing

    /** Refuses what would change states from here on. */
    void close() {
        closed = true;
    }
}
