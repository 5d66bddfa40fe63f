package dev.orrery.projection;

import dev.orrery.core.OrreryException;
import dev.orrery.core.OrreryException.Closed;
import dev.orrery.core.OrreryException.Conflict;
import dev.orrery.core.OrreryException.UserFailure;
import dev.orrery.core.Timeline;
import dev.orrery.log.EventLog;
import dev.orrery.log.Position;
import dev.orrery.log.Recorded;
import dev.orrery.projection.ProjectionStatus.Stopped;
import dev.orrery.sql.Database;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Folds the events of one log for every projection of it that is where the others are, its members.
 *
 * <h2>Overview</h2>
 *
 * One thread takes batches: as many events as have arrived, up to a bound; while it is behind, the
 * next one is read ahead by another. Each projection folds a batch in memory; what all of them made
 * of it is stored in one transaction together with their positions, committed to the timeline as
 * one commit, and then told to whoever waits. So each event is read and decoded once, one forced
 * write serves all, and nobody ever sees an event in one projection and not in another. // law P3
 *
 * <p>One that cannot go on leaves.
 *
 * <h2>Concurrency</h2>
 *
 * The turn is held for a whole step and while somebody joins; it is taken before the locks of the
 * projections, and those in the order in which they joined.
 */
final class LogFollower<E> {
    private static final Duration LONG = Duration.ofDays(365);

    private final EventLog<E> log;
    private final Database database;
    private final Timeline timeline;
    private final FoldThreads threads;
    private final int eventsAtOnce;
    private final ReentrantLock turn;

    /** Who looks after leases, where other processes could fold too. */
    private final @Nullable SharedFolds<E> shared;

    /** Changed in turn. */
    private final List<Folder<E, ?, ?>> members = new CopyOnWriteArrayList<>();

    /** Where the members are; in turn. */
    private Position reached;

    private volatile @Nullable Batches<E> batches;

    /** Whether a thread follows the log for the members; in turn. */
    private boolean following;

    /** Whether the members are to be looked at again before the next batch is waited for. */
    private volatile boolean moved;

    LogFollower(
            EventLog<E> log,
            Database database,
            Timeline timeline,
            FoldThreads threads,
            int eventsAtOnce,
            ReentrantLock turn,
            @Nullable SharedFolds<E> shared) {
        this.log = log;
        this.database = database;
        this.timeline = timeline;
        this.threads = threads;
        this.eventsAtOnce = eventsAtOnce;
        this.turn = turn;
        this.shared = shared;
        this.reached = log.start();
    }

    // members

    boolean has(Folder<E, ?, ?> folder) {
        return members.contains(folder);
    }

    /** A place, or where the members are if that is later. In turn. */
    long atLeast(long place) {
        return members.isEmpty() ? place : Math.max(place, reached.number());
    }

    /** Lets a projection in that is where the others are, or the first. */
    boolean joins(Folder<E, ?, ?> folder) {
        turn.lock();
        try {
            if (!members.isEmpty() && !folder.position().equals(reached)) {
                return false;
            }
            letIn(folder);
            return true;
        } finally {
            turn.unlock();
        }
    }

    /** Lets a projection in that is where the others are. In turn. */
    void letIn(Folder<E, ?, ?> folder) {
        if (members.isEmpty()) {
            reached = folder.position();
            if (following) {
                lookAgain();
            } else {
                following = true;
                begin(members, this::follow);
            }
        }
        members.add(folder);
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
        stop();
    }

    /** Begins work for projections, and tells each of them how it ended. */
    void begin(List<Folder<E, ?, ?>> concerned, Runnable work) {
        threads.begin(() -> guarded(concerned, work));
    }

    private void guarded(List<Folder<E, ?, ?>> concerned, Runnable work) {
        try {
            work.run();
            if (threads.areClosing()) {
                concerned.forEach(folder -> folder.tell(new Stopped()));
            }
        } catch (OrreryException e) {
            boolean asked = threads.areClosing() && e instanceof Closed;
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
        turn.lock();
        try {
            List<Folder<E, ?, ?>> leaving = List.copyOf(concerned);
            members.removeAll(leaving);
            following = following && !members.isEmpty();
            leaving.forEach(told);
        } finally {
            turn.unlock();
        }
    }

    // following

    /** Folds what comes after the members, until closed or all have left. */
    private void follow() {
        Outage outage = threads.outage("log " + log.name());
        boolean going = true;
        boolean isAway = false;
        while (going && !threads.areClosing()) {
            try {
                if (isAway) {
                    readAgain();
                    isAway = false;
                }
                going = followInOrder();
            } catch (OrreryException away) { // law P17
                outage.await(away);
                isAway = true;
            }
        }
    }

    /** Takes over what is stored of the members, which may be more than is known here. */
    private void readAgain() {
        turn.lock();
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
            turn.unlock();
        }
    }

    private static <E, K, S> void readAgain(Folder<E, K, S> folder) {
        folder.readAgain(folder.life());
    }

    /** Reads on from where the members are, as long as they are folded here. */
    private void goOnFromStored() {
        if (shared != null) {
            members.removeIf(folder -> !folder.folds(folder.life()));
            shared.lookSoon();
        }
        reached = members.isEmpty() ? reached : earliest(members);
    }

    /** Until somebody else is found to have folded on, which needs another place to read from. */
    private boolean followInOrder() {
        moved = false; // before the place is asked for
        try (Batches<E> arriving = Batches.after(start(), log, threads.factory(), eventsAtOnce)) {
            batches = arriving;
            boolean inOrder = !threads.areClosing() && !moved;
            while (inOrder) {
                inOrder = step(arriving.next(untilNextRetry()));
            }
        } catch (Closed e) {
            if (threads.areClosing() || !moved) {
                throw e;
            }
        }
        return goesOn();
    }

    private boolean goesOn() {
        turn.lock();
        try {
            following = !members.isEmpty();
            return following;
        } finally {
            turn.unlock();
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
        turn.lock();
        try {
            return reached;
        } finally {
            turn.unlock();
        }
    }

    private boolean step(List<Recorded<E>> batch) {
        if (batch.isEmpty()) {
            return true;
        }
        turn.lock();
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
            turn.unlock();
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

    /** Has whoever waits for events look whether all is to end. */
    void stop() {
        Batches<E> reading = batches;
        if (reading != null) {
            reading.stop();
        }
    }
}
