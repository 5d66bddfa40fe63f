package dev.orrery.projection;

import dev.orrery.core.OrreryException;
import dev.orrery.core.OrreryException.Closed;
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
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.ReentrantLock;
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
    private final ReentrantLock stepping = new ReentrantLock();

    /** Changed under {@code stepping}. */
    private final List<Folder<E, ?, ?>> members = new CopyOnWriteArrayList<>();

    /** The threads begun here that have work, or had. */
    private final List<Thread> begun = new CopyOnWriteArrayList<>();

    /** Where the members are; under {@code stepping}. */
    private Position reached;

    private volatile @Nullable Batches<E> batches;
    private volatile boolean closed;

    LogFollower(EventLog<E> log, Database database, Timeline timeline, ThreadFactory threads) {
        this.log = log;
        this.database = database;
        this.timeline = timeline;
        this.threads = threads;
        this.reached = log.start();
    }

    // joining

    /** Has a projection folded from here on, a new epoch of it first if there is one to build. */
    <K, S> void take(Folder<E, K, S> folder, @Nullable Epoch<K, S> building) {
        if (building != null || !joins(folder)) {
            CatchUp<E, K, S> alone = new CatchUp<>(folder, building, threads);
            begin(() -> guarded(List.of(folder), () -> catchUp(alone, folder)));
        }
    }

    private void catchUp(CatchUp<E, ?, ?> alone, Folder<E, ?, ?> folder) {
        alone.run();
        join(folder);
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
            while (!closed && !members.isEmpty() && isBehind(folder)) {
                long missed = reached.number() - folder.position().number();
                folder.step(
                        folder.served(),
                        log.read(folder.position(), (int) Math.min(missed, Batches.MOST)));
            }
            if (!closed) {
                letIn(folder);
            }
        } finally {
            stepping.unlock();
        }
    }

    private boolean isBehind(Folder<E, ?, ?> folder) {
        return folder.position().number() < reached.number();
    }

    private void letIn(Folder<E, ?, ?> folder) {
        if (members.isEmpty()) {
            reached = folder.position();
            begin(() -> guarded(members, this::follow));
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

    private void leave(
            List<Folder<E, ?, ?>> concerned, java.util.function.Consumer<Folder<E, ?, ?>> told) {
        stepping.lock();
        try {
            List<Folder<E, ?, ?>> leaving = List.copyOf(concerned);
            members.removeAll(leaving);
            leaving.forEach(told);
        } finally {
            stepping.unlock();
        }
    }

    // following

    /** Folds what comes after the members, until closed or all have left. */
    private void follow() {
        boolean going = true;
        while (going && !closed) {
            going = followInOrder();
        }
    }

    /** Until somebody else is found to have folded on, which needs another place to read from. */
    private boolean followInOrder() {
        try (Batches<E> arriving = Batches.after(start(), log, threads)) {
            batches = arriving;
            boolean inOrder = !closed;
            while (inOrder) {
                inOrder = step(arriving.next(LONG));
            }
        }
        return !members.isEmpty();
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
            List<Folder<E, ?, ?>> all = List.copyOf(members);
            all.forEach(Folder::lock);
            try {
                return foldAll(all, batch);
            } finally {
                all.forEach(Folder::unlock);
            }
        } finally {
            stepping.unlock();
        }
    }

    private boolean foldAll(List<Folder<E, ?, ?>> all, List<Recorded<E>> batch) {
        List<FoldStep<?, ?>> steps = new ArrayList<>(all.size());
        for (Folder<E, ?, ?> folder : all) {
            steps.add(folder.fold(batch));
        }
        if (!FoldStep.take(database, timeline, log.name(), steps)) {
            reached = earliest(all);
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

    /** Asks every thread to end; whoever waits for positions or states is told. */
    void close() {
        closed = true;
        Batches<E> reading = batches;
        if (reading != null) {
            reading.stop();
        }
        for (Thread thread : begun) {
            await(thread);
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
