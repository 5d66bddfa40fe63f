package dev.orrery.projection;

import dev.orrery.core.OrreryException;
import dev.orrery.core.OrreryException.Closed;
import dev.orrery.core.OrreryException.Conflict;
import dev.orrery.core.OrreryException.UserFailure;
import dev.orrery.core.Timeline;
import dev.orrery.log.EventLog;
import dev.orrery.log.Position;
import dev.orrery.projection.ProjectionStatus.Rebuilding;
import dev.orrery.sql.Database;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The projections of one log: brings each to where the others are, to be folded with them from then
 * on, and builds other lives beside those that are served.
 *
 * <p>One that is new, or has a new definition, catches up by itself ({@link CatchUp}) and then
 * joins those that follow the log ({@link LogFollower}). // law P9
 *
 * <p>Thread-safe. The turn of the follower is held while somebody joins or is served instead; it is
 * taken before the locks of the projections.
 */
final class LogFolds<E> {
    private static final System.Logger LOG = System.getLogger(LogFolds.class.getName());

    private final EventLog<E> log;
    private final FoldThreads threads;
    private final int eventsAtOnce;
    private final ReentrantLock turn = new ReentrantLock();
    private final LogFollower<E> follower;

    /** Who looks after leases, where other processes could fold too. */
    private final @Nullable SharedFolds<E> shared;

    /** Those that catch up to be let in; in turn. */
    private final Set<Folder<E, ?, ?>> catchingUp = new HashSet<>();

    LogFolds(
            EventLog<E> log,
            Database database,
            Timeline timeline,
            ThreadFactory factory,
            int eventsAtOnce,
            @Nullable Leases leases) {
        this.log = log;
        this.threads = new FoldThreads(log.name(), factory);
        this.eventsAtOnce = eventsAtOnce;
        this.shared = leases == null ? null : new SharedFolds<>(leases, database, turn);
        this.follower =
                new LogFollower<>(log, database, timeline, threads, eventsAtOnce, turn, shared);
    }

    FoldThreads threads() {
        return threads;
    }

    // sharing

    /** Has a projection folded here or followed, as its lease says. */
    void share(SharedFold<E, ?, ?> fold) {
        SharedFolds<E> folds = Objects.requireNonNull(shared);
        if (folds.add(fold)) {
            threads.begin(folds);
        }
    }

    /** Looks now at what is stored of a projection; not for long when a fold keeps it waiting. */
    void tend(SharedFold<E, ?, ?> fold) {
        Objects.requireNonNull(shared).tendSoon(fold);
    }

    /** A projection is no longer folded here. */
    void leaves(Folder<E, ?, ?> folder) {
        follower.leaves(folder);
    }

    /** Has the place looked at from which those that follow the log go on. */
    void lookAgain() {
        follower.lookAgain();
    }

    // joining

    /** Has a projection folded from here on, by itself until it is where the others are. */
    <K, S> void take(Folder<E, K, S> folder) {
        turn.lock();
        try {
            if (!follower.has(folder)
                    && !catchingUp.contains(folder)
                    && !follower.joins(folder)
                    && catchingUp.add(folder)) {
                follower.begin(List.of(folder), () -> catchUp(folder));
            }
        } finally {
            turn.unlock();
        }
    }

    /**
     * Has a projection folded from here on, whose served states stand still until others are built.
     */
    <K, S> void take(Folder<E, K, S> folder, Life<E, K, S> building) {
        Rebuild rebuild = folder.begins(building);
        follower.begin(
                List.of(folder),
                () -> {
                    rebuild(folder, building, rebuild, new Frozen(folder, rebuild));
                    join(folder);
                });
    }

    /** Has a projection folded in the transactions of appends from here on. */
    <K, S> void takeInline(
            Folder<E, K, S> folder, InlineFold<E, K, S> inline, @Nullable Life<E, K, S> building) {
        if (building == null && isNear(folder)) {
            joinAppends(inline);
            return;
        }
        follower.begin(
                List.of(folder),
                () -> {
                    if (building != null) {
                        Rebuild rebuild = folder.begins(building);
                        rebuild(folder, building, rebuild, new Frozen(folder, rebuild));
                    } else {
                        catchUpAlone(folder);
                    }
                    if (!threads.areClosing()) {
                        joinAppends(inline);
                    }
                });
    }

    private boolean isNear(Folder<E, ?, ?> folder) {
        return log.head().number() - folder.position().number() <= eventsAtOnce;
    }

    /** From here on appends fold; what they do not is folded now. */
    private void joinAppends(InlineFold<E, ?, ?> inline) {
        log.join(inline);
        inline.begin().close();
    }

    private <K, S> void catchUp(Folder<E, K, S> folder) {
        try {
            if (catchUpAlone(folder)) {
                join(folder);
            }
        } finally {
            turn.lock();
            try {
                catchingUp.remove(folder);
            } finally {
                turn.unlock();
            }
        }
    }

    /** Brings a projection to the end of the log; false when it is not folded here any more. */
    private <K, S> boolean catchUpAlone(Folder<E, K, S> folder) {
        while (folder.folds(folder.life())) {
            if (new CatchUp<>(folder, folder.life(), threads.factory(), eventsAtOnce)
                    .run(_ -> {})) {
                return true;
            } // overtaken: everything was read again, and it goes on from there
        }
        return false;
    }

    /** Lets a projection in, after it has folded what arrived since it was at the log's end. */
    private <K, S> void join(Folder<E, K, S> folder) {
        turn.lock();
        try {
            if (!threads.areClosing()) {
                bring(folder, folder.life(), follower.atLeast(0));
            }
            if (!threads.areClosing() && folder.folds(folder.life()) && !follower.has(folder)) {
                follower.letIn(folder);
            }
        } finally {
            turn.unlock();
        }
    }

    // building

    /** Has a life built beside the served one, which is folded on meanwhile. */
    <K, S> Rebuild rebuild(Folder<E, K, S> folder, Life<E, K, S> building) {
        Rebuild rebuild = folder.begins(building);
        threads.begin(() -> rebuild(folder, building, rebuild, rebuild::reached));
        return rebuild;
    }

    /** Tells of a rebuild whose projection stands still until it is done. */
    private record Frozen(Folder<?, ?, ?> folder, Rebuild rebuild) implements CatchUp.Listener {
        @Override
        public void reached(Position position) {
            rebuild.reached(position);
            folder.tell(new Rebuilding(position));
        }
    }

    private <K, S> void rebuild(
            Folder<E, K, S> folder,
            Life<E, K, S> building,
            Rebuild rebuild,
            CatchUp.Listener listener) { // law P7
        try {
            if (!new CatchUp<>(folder, building, threads.factory(), eventsAtOnce).run(listener)) {
                throw new Conflict(
                        "position of the rebuild of " + folder.name(),
                        "the one reached here",
                        building.epoch().position());
            }
            serveInstead(folder, building);
            rebuild.done();
        } catch (OrreryException e) {
            rebuild.failed(e);
            refuseFrozen(folder, e);
        } catch (RuntimeException | Error e) {
            OrreryException failure =
                    new UserFailure("rebuild of " + folder.name(), building.epoch().position(), e);
            rebuild.failed(failure);
            refuseFrozen(folder, failure);
        }
    }

    /** A projection that nobody folds has failed with its rebuild. */
    private static void refuseFrozen(Folder<?, ?, ?> folder, OrreryException cause) {
        if (folder.life().folding() == null) {
            throw cause;
        }
        LOG.log(System.Logger.Level.ERROR, "the rebuild of " + folder.name() + " ended", cause);
    }

    /** Brings a life to where the served one is and the others are, then has it served. */
    private <K, S> void serveInstead(Folder<E, K, S> folder, Life<E, K, S> next) {
        turn.lock();
        Life<E, K, S> before = folder.lockServed(); // nobody folds on, also not an append
        try {
            requireOpen(folder);
            bring(folder, next, follower.atLeast(folder.served().position().number()));
            folder.serveInstead(next);
        } finally {
            before.lock().unlock();
            turn.unlock();
        }
    }

    /** Folds a life up to an event; false when it is not to be folded here any more. */
    private <K, S> boolean bring(Folder<E, K, S> folder, Life<E, K, S> life, long target) {
        long left = target - life.epoch().position().number();
        while (left > 0 && folder.folds(life)) {
            int most = (int) Math.min(left, eventsAtOnce);
            folder.patiently(
                    life, () -> folder.step(life, log.read(life.epoch().position(), most)));
            left = target - life.epoch().position().number();
        }
        return folder.folds(life);
    }

    /** Has a life built here, beside the one that is served. */
    <K, S> void build(SharedFold<E, K, S> fold, Life<E, K, S> life, Rebuild rebuild) {
        follower.begin(
                List.of(fold.folder()),
                () ->
                        fold.build()
                                .run(life, rebuild, listener -> buildToEnd(fold, life, listener)));
    }

    private <K, S> boolean buildToEnd(
            SharedFold<E, K, S> fold, Life<E, K, S> life, CatchUp.Listener listener) { // law P7
        CatchUp<E, K, S> catchUp =
                new CatchUp<>(fold.folder(), life, threads.factory(), eventsAtOnce);
        boolean isThere = false;
        while (!isThere && life.epoch().isHeld()) {
            isThere = catchUp.run(listener);
        }
        Outage outage = threads.outage("rebuild of " + fold.folder().name());
        while (true) {
            try {
                return isThere && replace(fold, life);
            } catch (OrreryException away) { // law P17
                requireOpen(fold.folder());
                outage.await(away);
            }
        }
    }

    /** Brings a life to the end and has it served; false when it is not to be built here. */
    private <K, S> boolean replace(SharedFold<E, K, S> fold, Life<E, K, S> life) {
        Folder<E, K, S> folder = fold.folder();
        turn.lock();
        try {
            while (life.epoch().isHeld()) {
                requireOpen(folder);
                fold.tend();
                if (folder.served().row().id() == life.epoch().row().id()) {
                    return true; // the answer to that was lost
                }
                long served = folder.served().position().number();
                long target = follower.has(folder) ? follower.atLeast(served) : served;
                if (bring(folder, life, target) && fold.replace(life)) {
                    return true;
                }
            }
            return false;
        } finally {
            turn.unlock();
        }
    }

    private void requireOpen(Folder<E, ?, ?> folder) {
        if (threads.areClosing() || folder.isClosed()) {
            throw new Closed("what folds log " + log.name());
        }
    }

    // closing

    /** Asks every thread to end; whoever waits for positions or states is told. */
    void close() {
        threads.close();
        if (shared != null) {
            shared.stop();
        }
        follower.stop();
        threads.awaitEnd();
        if (shared != null) {
            shared.close();
        }
    }
}
