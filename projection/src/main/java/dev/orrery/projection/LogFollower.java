package dev.orrery.projection;

import dev.orrery.core.OrreryException;
import dev.orrery.core.OrreryException.Closed;
import dev.orrery.core.OrreryException.Conflict;
import dev.orrery.core.OrreryException.TimedOut;
import dev.orrery.core.OrreryException.Unavailable;
import dev.orrery.core.OrreryException.UserFailure;
import dev.orrery.core.Timeline;
import dev.orrery.log.EventLog;
import dev.orrery.log.Position;
import dev.orrery.log.Recorded;
import dev.orrery.projection.ProjectionStatus.Rebuilding;
import dev.orrery.projection.ProjectionStatus.Stopped;
import dev.orrery.sql.Database;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Folds the events of one log for every projection of it that is up to date.
 *
 * <h2>Overview</h2>
 *
 * One thread takes batches: as many events as have arrived, up to a bound; while it is behind, the
 * next one is read ahead by another. Each projection folds a batch in memory; what all of them made
 * of it is stored in one transaction together with their positions, committed to the timeline as
 * one commit, and then told to whoever waits. So each event is read and decoded once, one forced
 * write serves all, and nobody ever sees an event in one projection and not in another. // law P3
 *
 * <p>A projection that is not where the others are, because it is new or has a new definition,
 * catches up by itself first ({@link CatchUp}) and joins at the end of the log. One that cannot go
 * on leaves.
 *
 * <h2>Concurrency</h2>
 *
 * {@code stepping} is held for a whole step and while somebody joins; it is taken before the locks
 * of the projections, and those in the order in which they joined.
 */
final class LogFollower<E> {
    private static final System.Logger LOG = System.getLogger(LogFollower.class.getName());
    private static final Duration LONG = Duration.ofDays(365);
    private static final Duration STOPPING = Duration.ofSeconds(30);

    private final EventLog<E> log;
    private final Database database;
    private final Timeline timeline;
    private final ThreadFactory threads;
    private final int eventsAtOnce;
    private final ReentrantLock stepping = new ReentrantLock();

    /** Changed under {@code stepping}. */
    private final List<Folder<E, ?, ?>> members = new CopyOnWriteArrayList<>();

    /** The threads begun here that have work, or had. */
    private final List<Thread> begun = new CopyOnWriteArrayList<>();

    /** Where the members are; under {@code stepping}. */
    private Position reached;

    private volatile @Nullable Batches<E> batches;
    private volatile boolean closed;

    /** Who looks after leases, where other processes could fold too. */
    private final @Nullable SharedFolds<E> shared;

    /** Those that catch up to be let in; under {@code stepping}. */
    private final Set<Folder<E, ?, ?>> catchingUp = new HashSet<>();

    /** Whether a thread follows the log for the members; under {@code stepping}. */
    private boolean following;

    /** Whether the members are to be looked at again before the next batch is waited for. */
    private volatile boolean moved;

    LogFollower(
            EventLog<E> log,
            Database database,
            Timeline timeline,
            ThreadFactory threads,
            int eventsAtOnce,
            @Nullable Leases leases) {
        this.log = log;
        this.database = database;
        this.timeline = timeline;
        this.threads = threads;
        this.eventsAtOnce = eventsAtOnce;
        this.reached = log.start();
        this.shared = leases == null ? null : new SharedFolds<>(leases, database, stepping);
    }

    // sharing

    /** Has a projection folded here or followed, as its lease says. */
    void share(SharedFold<E, ?, ?> fold) {
        SharedFolds<E> folds = Objects.requireNonNull(shared);
        if (folds.add(fold)) {
            begin(folds);
        }
    }

    /** Looks now at what is stored of a projection; not for long when a fold keeps it waiting. */
    void tend(SharedFold<E, ?, ?> fold) {
        Objects.requireNonNull(shared).tendSoon(fold);
    }

    /** A projection is no longer folded here. */
    void leaves(Folder<E, ?, ?> folder) {
        if (members.remove(folder) && members.isEmpty()) {
            lookAgain();
        }
    }

    /** Has the members looked at again, whatever is waited for. */
    void lookAgain() {
        moved = true;
        Batches<E> reading = batches;
        if (reading != null) {
            reading.stop();
        }
    }

    /** Has a life built here, beside the one that is served. */
    <K, S> void build(SharedFold<E, K, S> fold, Life<E, K, S> life, Rebuild rebuild) {
        begin(() ->
                guarded(
                        List.of(fold.folder()),
                        () ->
                                fold.build()
                                        .run(
                                                life,
                                                rebuild,
                                                listener -> buildToEnd(fold, life, listener))));
    }

    private <K, S> boolean buildToEnd(
            SharedFold<E, K, S> fold, Life<E, K, S> life, CatchUp.Listener listener) { // law P7
        CatchUp<E, K, S> catchUp = new CatchUp<>(fold.folder(), life, threads, eventsAtOnce);
        boolean isThere = false;
        while (!isThere && life.epoch().isHeld()) {
            isThere = catchUp.run(listener);
        }
        stepping.lock();
        try {
            while (life.epoch().isHeld()) {
                requireOpen(fold.folder());
                fold.tend();
                long target = fold.folder().served().position().number();
                if (members.contains(fold.folder())) {
                    target = Math.max(target, reached.number());
                }
                if (bring(fold.folder(), life, target) && fold.replace(life)) {
                    return true;
                }
            }
            return false;
        } finally {
            stepping.unlock();
        }
    }

    private void requireOpen(Folder<E, ?, ?> folder) {
        if (closed || folder.isClosed()) {
            throw new Closed("the projections of log " + log.name());
        }
    }

    // joining

    /** Has a projection folded from here on, by itself until it is where the others are. */
    <K, S> void take(Folder<E, K, S> folder) {
        stepping.lock();
        try {
            if (!members.contains(folder)
                    && !catchingUp.contains(folder)
                    && !joins(folder)
                    && catchingUp.add(folder)) {
                begin(() -> guarded(List.of(folder), () -> catchUp(folder)));
            }
        } finally {
            stepping.unlock();
        }
    }

    /**
     * Has a projection folded from here on, whose served states stand still until others are built.
     */
    <K, S> void take(Folder<E, K, S> folder, Life<E, K, S> building) {
        folder.tell(new Rebuilding(building.epoch().position()));
        Rebuild rebuild = folder.begins(building);
        begin(() ->
                guarded(
                        List.of(folder),
                        () -> {
                            rebuild(folder, building, rebuild, new Frozen(folder, rebuild));
                            join(folder);
                        }));
    }

    /** Has a projection folded in the transactions of appends from here on. */
    <K, S> void takeInline(
            Folder<E, K, S> folder, InlineFold<E, K, S> inline, @Nullable Life<E, K, S> building) {
        if (building == null && isNear(folder)) {
            joinAppends(inline);
            return;
        }
        begin(() ->
                guarded(
                        List.of(folder),
                        () -> {
                            if (building != null) {
                                Rebuild rebuild = folder.begins(building);
                                rebuild(folder, building, rebuild, new Frozen(folder, rebuild));
                            } else {
                                catchUpAlone(folder);
                            }
                            if (!closed) {
                                joinAppends(inline);
                            }
                        }));
    }

    private boolean isNear(Folder<E, ?, ?> folder) {
        return log.head().number() - folder.position().number() <= eventsAtOnce;
    }

    /** From here on appends fold; what they do not is folded now. */
    private void joinAppends(InlineFold<E, ?, ?> inline) {
        log.join(inline);
        inline.begin().close();
    }

    /** Has a life built beside the served one, which is folded on meanwhile. */
    <K, S> Rebuild rebuild(Folder<E, K, S> folder, Life<E, K, S> building) {
        Rebuild rebuild = folder.begins(building);
        begin(() -> rebuild(folder, building, rebuild, rebuild::reached));
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
            if (!new CatchUp<>(folder, building, threads, eventsAtOnce).run(listener)) {
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
        stepping.lock();
        Life<E, K, S> before = folder.lockServed(); // nobody folds on, also not an append
        try {
            requireOpen(folder);
            long target = folder.served().position().number();
            if (!members.isEmpty()) {
                target = Math.max(target, reached.number());
            }
            bring(folder, next, target);
            folder.serveInstead(next);
        } finally {
            before.lock().unlock();
            stepping.unlock();
        }
    }

    /** Folds a life up to an event; false when it is not to be folded here any more. */
    private <K, S> boolean bring(Folder<E, K, S> folder, Life<E, K, S> life, long target) {
        long left = target - life.epoch().position().number();
        while (left > 0 && isFoldedHere(life)) {
            int most = (int) Math.min(left, eventsAtOnce);
            folder.patiently(
                    life, () -> folder.step(life, log.read(life.epoch().position(), most)));
            left = target - life.epoch().position().number();
        }
        return isFoldedHere(life);
    }

    private boolean isFoldedHere(Life<E, ?, ?> life) {
        return shared == null || life.epoch().isHeld();
    }

    private <K, S> void catchUp(Folder<E, K, S> folder) {
        try {
            if (catchUpAlone(folder)) {
                join(folder);
            }
        } finally {
            stepping.lock();
            try {
                catchingUp.remove(folder);
            } finally {
                stepping.unlock();
            }
        }
    }

    /** Brings a projection to the end of the log; false when it is not folded here any more. */
    private <K, S> boolean catchUpAlone(Folder<E, K, S> folder) {
        while (isFoldedHere(folder.life())) {
            if (new CatchUp<>(folder, folder.life(), threads, eventsAtOnce).run(_ -> {})) {
                return true;
            } // overtaken: everything was read again, and it goes on from there
        }
        return false;
    }

    /** Lets a projection in that is where the others are, or the first. */
    private boolean joins(Folder<E, ?, ?> folder) {
        stepping.lock();
        try {
            if (!members.isEmpty() && !folder.position().equals(reached)) {
                return false;
            }
            letIn(folder);
            return true;
        } finally {
            stepping.unlock();
        }
    }

    /** Lets a projection in, after it has folded what arrived since it was at the log's end. */
    private <K, S> void join(Folder<E, K, S> folder) {
        stepping.lock();
        try {
            if (!closed && !members.isEmpty()) {
                bring(folder, folder.life(), reached.number());
            }
            if (!closed && isFoldedHere(folder.life()) && !members.contains(folder)) {
                letIn(folder);
            }
        } finally {
            stepping.unlock();
        }
    }

    private void letIn(Folder<E, ?, ?> folder) {
        if (members.isEmpty()) {
            reached = folder.position();
            if (following) {
                lookAgain();
            } else {
                following = true;
                begin(() -> guarded(members, this::follow));
            }
        }
        members.add(folder);
    }

    private void begin(Runnable work) {
        Thread thread = threads.newThread(work);
        begun.removeIf(earlier -> !earlier.isAlive() && earlier.getState() != Thread.State.NEW);
        begun.add(thread);
        thread.start();
    }

    /** Runs work for projections and tells each of them how it ended. */
    private void guarded(List<Folder<E, ?, ?>> concerned, Runnable work) {
        try {
            work.run();
            if (closed) {
                concerned.forEach(folder -> folder.tell(new Stopped()));
            }
        } catch (OrreryException e) {
            boolean asked = closed && e instanceof Closed;
            leave(
                    concerned,
                    folder -> {
                        if (asked) {
                            folder.tell(new Stopped());
                        } else {
                            folder.failed(e);
                        }
                    });
        } catch (RuntimeException | Error e) {
            leave(
                    concerned,
                    folder ->
                            folder.failed(
                                    new UserFailure(
                                            "projection " + folder.name(), folder.position(), e)));
        }
    }

    private void leave(List<Folder<E, ?, ?>> concerned, Consumer<Folder<E, ?, ?>> told) {
        stepping.lock();
        try {
            List<Folder<E, ?, ?>> leaving = List.copyOf(concerned);
            members.removeAll(leaving);
            following = following && !members.isEmpty();
            leaving.forEach(told);
        } finally {
            stepping.unlock();
        }
    }

    // following

    /** Folds what comes after the members, until closed or all have left. */
    private void follow() {
        Outage outage = new Outage("log " + log.name());
        boolean going = true;
        boolean isAway = false;
        while (going && !closed) {
            try {
                if (isAway) {
                    readAgain();
                    isAway = false;
                }
                going = followInOrder();
            } catch (Unavailable | TimedOut away) { // law P17
                outage.await(away);
                isAway = true;
            }
        }
    }

    /** Takes over what is stored of the members, which may be more than is known here. */
    private void readAgain() {
        stepping.lock();
        try {
            for (Folder<E, ?, ?> folder : List.copyOf(members)) {
                try {
                    readAgain(folder);
                } catch (Conflict lost) {
                    members.remove(folder);
                    folder.failed(lost);
                }
            }
            goOnFromStored();
        } finally {
            stepping.unlock();
        }
    }

    private static <E, K, S> void readAgain(Folder<E, K, S> folder) {
        folder.readAgain(folder.life());
    }

    /** Reads on from where the members are, as long as they are folded here. */
    private void goOnFromStored() {
        if (shared != null) {
            members.removeIf(folder -> !isFoldedHere(folder.life()));
            shared.lookSoon();
        }
        reached = members.isEmpty() ? reached : earliest(members);
    }

    /** Until somebody else is found to have folded on, which needs another place to read from. */
    private boolean followInOrder() {
        moved = false; // before the place is asked for
        try (Batches<E> arriving = Batches.after(start(), log, threads, eventsAtOnce)) {
            batches = arriving;
            boolean inOrder = !closed && !moved;
            while (inOrder) {
                inOrder = step(arriving.next(untilNextRetry()));
            }
        } catch (Closed e) {
            if (closed || !moved) {
                throw e;
            }
        }
        return goesOn();
    }

    private boolean goesOn() {
        stepping.lock();
        try {
            following = !members.isEmpty();
            return following;
        } finally {
            stepping.unlock();
        }
    }

    /** Tries again what is to be tried by now; how long it may wait for events then. */
    private Duration untilNextRetry() {
        Duration next = LONG;
        for (Folder<E, ?, ?> folder : members) {
            Duration wait = folder.commands().retryDue();
            if (wait != null && wait.compareTo(next) < 0) {
                next = wait;
            }
        }
        return next;
    }

    private Position start() {
        stepping.lock();
        try {
            return reached;
        } finally {
            stepping.unlock();
        }
    }

    private boolean step(List<Recorded<E>> batch) {
        if (batch.isEmpty()) {
            return true;
        }
        stepping.lock();
        try {
            List<Member<E, ?, ?>> all = new ArrayList<>();
            members.forEach(folder -> all.add(Member.of(folder)));
            all.forEach(member -> member.life.lock().lock());
            try {
                return foldAll(all, batch);
            } finally {
                all.forEach(member -> member.life.lock().unlock());
            }
        } finally {
            stepping.unlock();
        }
    }

    /** A projection with the life that is served while a step is taken. */
    private record Member<E, K, S>(Folder<E, K, S> folder, Life<E, K, S> life) {
        static <E, K, S> Member<E, K, S> of(Folder<E, K, S> folder) {
            return new Member<>(folder, folder.life());
        }

        FoldStep<K, S> fold(List<Recorded<E>> batch) {
            return folder.fold(life, batch);
        }
    }

    private boolean foldAll(List<Member<E, ?, ?>> all, List<Recorded<E>> batch) {
        List<FoldStep<?, ?>> steps = new ArrayList<>(all.size());
        for (Member<E, ?, ?> member : all) {
            steps.add(member.fold(batch));
        }
        if (!FoldStep.take(database, timeline, log.name(), steps)) {
            goOnFromStored();
            return false;
        }
        steps.forEach(this::letGoIfFailed);
        reached = batch.getLast().position();
        return !members.isEmpty();
    }

    private static <E> Position earliest(List<Folder<E, ?, ?>> all) {
        return all.stream()
                .map(Folder::position)
                .min(Comparator.comparingLong(Position::number))
                .orElseThrow();
    }

    private void letGoIfFailed(FoldStep<?, ?> step) {
        step.failure()
                .ifPresent(failure -> {
                    members.remove(step.folder());
                    step.folder().failed(failure);
                });
    }

    // closing

    /** Whether all is to end. */
    boolean isClosed() {
        return closed;
    }

    /** Asks every thread to end; whoever waits for positions or states is told. */
    void close() {
        closed = true;
        if (shared != null) {
            shared.stop();
        }
        Batches<E> reading = batches;
        if (reading != null) {
            reading.stop();
        }
        for (Thread thread : begun) {
            await(thread);
        }
        if (shared != null) {
            shared.close();
        }
    }

    private void await(Thread thread) {
        try {
            if (!thread.join(STOPPING)) {
                LOG.log(System.Logger.Level.WARNING, "log {0} is still being folded", log.name());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OrreryException.Cancelled("closing the projections of " + log.name(), e);
        }
    }
}
