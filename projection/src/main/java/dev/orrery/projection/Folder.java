package dev.orrery.projection;

import dev.orrery.core.Codec;
import dev.orrery.core.Latest;
import dev.orrery.core.OrreryException;
import dev.orrery.core.OrreryException.Closed;
import dev.orrery.core.OrreryException.Conflict;
import dev.orrery.core.OrreryException.Missing;
import dev.orrery.core.OrreryException.TimedOut;
import dev.orrery.core.OrreryException.Unavailable;
import dev.orrery.core.OrreryException.Unsupported;
import dev.orrery.core.OrreryException.UserFailure;
import dev.orrery.core.Subscription;
import dev.orrery.core.Timeline;
import dev.orrery.core.Tracking;
import dev.orrery.core.Transaction;
import dev.orrery.log.EventLog;
import dev.orrery.log.Position;
import dev.orrery.log.Recorded;
import dev.orrery.projection.ProjectionStatus.Failed;
import dev.orrery.projection.ProjectionStatus.Following;
import dev.orrery.projection.ProjectionStatus.Rebuilding;
import dev.orrery.projection.ProjectionStatus.Stopped;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Folds one projection: reads the log after its position, folds in memory, stores, and only then
 * shows.
 *
 * <h2>Overview</h2>
 *
 * One thread takes batches: as many events as have arrived, up to a bound; while it is behind, the
 * next one is read ahead by another. A batch is folded in memory over the states of the served
 * epoch, stored in one transaction together with the position, committed to the timeline, and then
 * told to whoever waits.
 *
 * <h2>Recovery</h2>
 *
 * A crash before the transaction leaves nothing: the batch is read again. A crash after it is
 * harmless too: opening rebuilds memory from the store. The transaction moves the position only
 * from where this folder believes it to be; when somebody else folded on, the batch is dropped and
 * everything is read again.
 *
 * <h2>Concurrency</h2>
 *
 * {@code folding} is held for a whole step, by the folding thread or by whoever retries a parked
 * key; it is taken before the database's turn and the timeline's commit lock. User functions (keys,
 * fold) run under it and must not call back into the projection.
 */
final class Folder<E, K, S> {
    private static final System.Logger LOG = System.getLogger(Folder.class.getName());
    private static final Duration LONG = Duration.ofDays(365);
    private static final Duration STOPPING = Duration.ofSeconds(30);

    private final Projection<? super E, K, S> projection;
    private final EventLog<E> log;
    private final Timeline timeline;
    private final FoldTables tables;
    private final Codec<K> keys;
    private final Codec<S> states;
    private final InstantSource clock;
    private final int versionsKept;
    private final FoldedRelation<K, S> relation;
    private final Wakes<K> wakes = new Wakes<>();
    private final ReentrantLock folding = new ReentrantLock();
    private final Latest<Progress> progress;
    private volatile Epoch<K, S> served;
    private volatile boolean closed;
    private volatile @Nullable Subscription<Recorded<E>> events;
    private @Nullable Thread thread;

    /** What waiters look at: where the served states are, and whether they will go on. */
    record Progress(Epoch.Reached reached, ProjectionStatus status) {
        Position position() {
            return reached.position();
        }
    }

    Folder(
            Projection<? super E, K, S> projection,
            EventLog<E> log,
            Timeline timeline,
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
        this.tables = tables;
        this.keys = keys;
        this.states = states;
        this.clock = clock;
        this.versionsKept = versionsKept;
        this.served = served;
        this.progress =
                new Latest<>(served.name(), new Progress(served.reached(), new Following()));
        this.relation = new FoldedRelation<>(timeline, this, projection.name(), rows, served);
    }

    FoldedRelation<K, S> relation() {
        return relation;
    }

    String name() {
        return projection.name();
    }

    Epoch<K, S> served() {
        return served;
    }

    Wakes<K> wakes() {
        return wakes;
    }

    boolean isClosed() {
        return closed;
    }

    ProjectionStatus status() {
        return progress.now().status();
    }

    // the thread

    /** Begins to fold, first a new epoch if there is one to build. */
    void start(ThreadFactory threads, @Nullable Epoch<K, S> building) {
        if (building != null) {
            tell(new Rebuilding(building.position()));
        }
        Thread begun = threads.newThread(() -> run(threads, building));
        thread = begun;
        begun.start();
    }

    private void run(ThreadFactory threads, @Nullable Epoch<K, S> building) {
        try {
            if (building != null) {
                rebuild(threads, building);
            }
            while (!closed) {
                follow(threads);
            }
            tell(new Stopped());
        } catch (Closed e) {
            tell(closed ? new Stopped() : failed(e));
        } catch (OrreryException e) {
            tell(failed(e));
        } catch (RuntimeException | Error e) {
            tell(failed(new UserFailure("projection " + name(), served.position(), e)));
        }
    }

    private ProjectionStatus failed(OrreryException cause) {
        LOG.log(
                System.Logger.Level.ERROR,
                "projection " + name() + " stopped after " + served.position(),
                cause);
        return new Failed(served.position(), cause);
    }

    /** Folds what comes after the served position, until closed or overtaken. */
    private void follow(ThreadFactory threads) {
        try (Batches<E> batches = batches(threads, served.position())) {
            boolean inOrder = !closed;
            while (inOrder) {
                inOrder = stepServed(batches.next(LONG));
            }
        }
    }

    private Batches<E> batches(ThreadFactory threads, Position after) {
        Subscription<Recorded<E>> subscription = log.subscribe(after);
        events = subscription;
        return new Batches<>(subscription, threads);
    }

    private boolean stepServed(List<Recorded<E>> batch) {
        folding.lock();
        try {
            return batch.isEmpty() || step(served, batch);
        } finally {
            folding.unlock();
        }
    }

    /** Folds a new epoch from the first event on, then serves it instead of the old one. */
    private void rebuild(ThreadFactory threads, Epoch<K, S> building) { // law P7
        try (Batches<E> batches = batches(threads, building.position())) {
            while (!closed) {
                List<Recorded<E>> batch = batches.next(Duration.ZERO);
                if (batch.isEmpty()) {
                    serveInstead(building);
                    return;
                }
                if (!step(building, batch)) {
                    throw new Conflict(
                            "position of projection " + name(), building.position(), "another");
                }
                tell(new Rebuilding(building.position()));
            }
        }
    }

    private void serveInstead(Epoch<K, S> building) {
        folding.lock();
        try {
            Epoch<K, S> old = served;
            tables.replace(old.row(), building.row(), timeline.now().number() + 1);
            served = building;
            timeline.transact(
                    name(),
                    tx -> {
                        building.forEach((key, held) -> tx.put(relation, key, held.state()));
                        old.forEach((key, _) -> removeUnless(building.holds(key), tx, key));
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

    // a step

    /**
     * Folds, stores and shows a batch; false when somebody else had folded on, and everything was
     * read again.
     */
    private boolean step(Epoch<K, S> epoch, List<Recorded<E>> batch) {
        FoldBatch<E, K, S> folded = newBatch(epoch);
        Recorded<E> current = batch.getFirst();
        @Nullable RuntimeException stop = null;
        try {
            for (Recorded<E> recorded : batch) {
                current = recorded;
                folded.fold(recorded);
            }
        } catch (RuntimeException e) {
            stop = new UserFailure("keys of projection " + name(), current.position(), e);
        }
        if (!store(epoch, folded, List.of())) {
            return false;
        }
        if (stop != null) {
            throw stop;
        }
        return true;
    }

    private FoldBatch<E, K, S> newBatch(Epoch<K, S> epoch) {
        return new FoldBatch<>(projection, epoch, keys, states, versionsKept);
    }

    private void park(Epoch<K, S> epoch, FoldBatch.Waiting<K> waiting) {
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

    private boolean store(
            Epoch<K, S> epoch, FoldBatch<E, K, S> folded, List<FoldTables.Released> released) {
        if (!tables.save(epoch.id(), folded.save(timeline.now().number() + 1, released))) {
            reload(epoch);
            return false;
        }
        folded.waiting().forEach(one -> park(epoch, one)); // before anyone is told of the position
        show(epoch, folded.changed(), folded.position(), folded.time());
        return true;
    }

    /**
     * Who sees the commit may look for its states in any way, and who was told of the position sees
     * the commit. // law P3
     */
    private void show(Epoch<K, S> epoch, Map<K, Held<S>> changed, long position, Instant time) {
        changed.forEach(epoch::hold);
        boolean isServed = epoch == served;
        if (isServed && !changed.isEmpty()) {
            timeline.transact(
                    name(),
                    tx -> changed.forEach((key, held) -> tx.put(relation, key, held.state())));
        }
        epoch.reach(position, time);
        if (isServed) {
            tell(progress.now().status());
            wakes.wake(changed.keySet());
        }
    }

    private void tell(ProjectionStatus status) {
        progress.set(new Progress(served.reached(), status));
    }

    /** Takes over what somebody else stored for this epoch. */
    private void reload(Epoch<K, S> epoch) {
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
        show(epoch, changed, row.position(), row.time());
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
        if (!store(epoch, folded, released)) {
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

    void awaitPosition(Position position, Duration timeout) { // law P4
        if (Tracking.frame() != null) {
            throw new Unsupported("wait for " + name(), "a query or snapshot");
        }
        long began = System.nanoTime();
        try (Subscription<Progress> watch = progress.watch()) {
            while (true) {
                Progress now =
                        watch.next(timeout.minusNanos(System.nanoTime() - began))
                                .orElseThrow(() ->
                                        new TimedOut(
                                                "projection " + name() + " at " + position,
                                                timeout));
                if (now.position().atLeast(position)) {
                    return;
                }
                refuseUnlessGoingOn(now.status());
            }
        }
    }

    private void refuseUnlessGoingOn(ProjectionStatus status) {
        switch (status) {
            case Following _, Rebuilding _ -> {}
            case Stopped _ -> throw new Closed("projection " + name());
            case Failed(Position after, OrreryException cause) ->
                    throw new Unavailable(
                            "projection "
                                    + name()
                                    + " stopped after "
                                    + after
                                    + ": "
                                    + cause.getMessage(),
                            "put that right and run it again",
                            Duration.ZERO,
                            cause);
        }
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
        return progress.now().position();
    }

    Lag lag() {
        Epoch.Reached reached = progress.now().reached();
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

    /** Ends folding; when it returns, the folding thread is gone. */
    void close() {
        closed = true;
        Subscription<Recorded<E>> reading = events;
        if (reading != null) {
            reading.close();
        }
        try {
            if (thread != null && !thread.join(STOPPING)) {
                LOG.log(System.Logger.Level.WARNING, "projection {0} is still folding", name());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OrreryException.Cancelled("closing projection " + name(), e);
        } finally {
            wakes.wakeAll();
        }
    }
}
