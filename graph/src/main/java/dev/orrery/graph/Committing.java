package dev.orrery.graph;

import dev.orrery.core.Latest;
import dev.orrery.core.OrreryException.Closed;
import dev.orrery.core.Signal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * How batches become durable and visible, in their order. Called under the lock of its replica, but
 * for what says otherwise.
 */
final class Committing {
    /*
     * Whoever finds nobody in office takes the whole queue as his group, appends its records, waits for the disk once,
     * and shows all batches as one revision of the timeline. Then he hands the office, with what was queued meanwhile, to
     * the first of those; the others park, without the lock, until they are told. So the order of entries, of records,
     * and of what becomes visible is one, and writers that come together share a force.
     *
     * Quiet. Who waits until nothing is under way closes the door meanwhile: writers who come later wait for him, or
     * the office would be handed on for ever.
     *
     * Failure. When a group cannot be stored, it and everything queued behind it, which follows it, is taken back,
     * newest first, and each of its writers is told.
     */
    private final String name;
    private final ReentrantLock lock;
    private final Condition settled;
    private final EntryStore store;
    private final Joining joining;
    private final Showing showing;
    private final ArrayDeque<Turn> queue = new ArrayDeque<>();
    private boolean inOffice;

    /** How many wait until nothing is under way. */
    private int waitingForQuiet;

    private volatile boolean closed;

    /** The arrival number of the newest entry that is durable and visible. */
    private final Latest<Long> arrivals = new Latest<>("arrivals", 0L);

    /** One writer's batches on their way. */
    static final class Turn {
        private final List<Batch> batches;
        private final Thread writer = Thread.currentThread();

        /** What its writer is to commit, when he is in office. */
        private volatile @Nullable Group group;

        /** Why it was taken back; set before it is done. */
        private @Nullable RuntimeException failure;

        private volatile boolean done;

        private Turn(List<Batch> batches) {
            this.batches = batches;
        }
    }

    /** What is committed with one force, and the number of the last entry up to there. */
    private record Group(List<Turn> turns, List<Batch> batches, long last) {}

    Committing(
            String name, ReentrantLock lock, EntryStore store, Joining joining, Showing showing) {
        this.name = name;
        this.lock = lock;
        this.settled = lock.newCondition();
        this.store = store;
        this.joining = joining;
        this.showing = showing;
        arrive();
    }

    /** The arrival number of the newest entry that is durable and visible; without the lock too. */
    long arrived() {
        return arrivals.now();
    }

    /** {@link #arrived}, to be waited for; without the lock too. */
    Signal<Long> arrivals() {
        return arrivals;
    }

    /** Notes that all there is was made durable and visible, by a user's commit say. */
    void arrive() {
        arrivals.set((long) joining.index().size());
    }

    /** Refuses what comes after {@link #close}; without the lock too. */
    void requireOpen() {
        if (closed) {
            throw new Closed("the graph " + name);
        }
    }

    /** Waits until nothing is under way. */
    void awaitQuiet() {
        waitingForQuiet++;
        while (inOffice) {
            settled.awaitUninterruptibly();
        }
        waitingForQuiet--;
        settled.signalAll();
    }

    /** Lets those go first who wait for quiet; before anything is written. */
    void enter() { // law G72
        while (waitingForQuiet > 0) {
            settled.awaitUninterruptibly();
        }
        requireOpen();
    }

    /** Waits for writes under way; there are no more after them. */
    void close() {
        closed = true;
        awaitQuiet();
        arrivals.set(arrived()); // whoever follows finds that it is closed
    }

    /** Queues batches one behind the other, and nothing between them, to be {@link #await}ed. */
    Turn queue(List<Batch> batches) {
        Turn turn = new Turn(batches);
        if (inOffice) {
            queue.add(turn);
        } else {
            inOffice = true;
            turn.group = group(List.of(turn));
        }
        return turn;
    }

    private Group group(List<Turn> turns) {
        List<Batch> batches = new ArrayList<>(turns.size());
        for (Turn turn : turns) {
            batches.addAll(turn.batches);
        }
        joining.seal().ifPresent(batches::add);
        return new Group(turns, batches, joining.index().size());
    }

    /**
     * Returns when what was queued is durable and visible. Without the lock. An interrupt does not
     * end the wait; the flag is set again.
     */
    void await(Turn mine) {
        boolean interrupted = false;
        while (!mine.done && mine.group == null) {
            LockSupport.park(this);
            interrupted |= Thread.interrupted(); // with the flag set, park would not park
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        Group group = mine.group;
        if (group != null) {
            commit(group);
        }
        if (mine.failure != null) {
            throw mine.failure;
        }
    }

    private void commit(Group group) {
        RuntimeException failure = null;
        boolean stored = false;
        try {
            persist(group.batches());
            stored = true;
            showing.show(group.batches());
            showing.index(joining.judge().schema());
        } catch (RuntimeException failed) {
            failure = failed;
            throw failed;
        } finally {
            lock.lock();
            try {
                if (stored) {
                    arrivals.set(group.last());
                } else {
                    giveUp(group, failure);
                }
                passOn();
            } finally {
                lock.unlock();
            }
            group.turns().forEach(Committing::end);
        }
    }

    /** The first that waits is woken before those who are done, for the disk has nothing to do. */
    private void passOn() {
        Turn next = queue.peek();
        if (next == null) {
            inOffice = false;
            settled.signalAll();
        } else {
            List<Turn> turns = List.copyOf(queue);
            queue.clear();
            next.group = group(turns);
            LockSupport.unpark(next.writer);
        }
    }

    private static void end(Turn turn) {
        turn.done = true;
        if (!turn.writer.equals(Thread.currentThread())) {
            LockSupport.unpark(turn.writer);
        }
    }

    private void persist(List<Batch> group) {
        List<byte[]> records = new ArrayList<>(group.size());
        for (Batch batch : group) {
            records.addAll(EntryRecord.all(batch.first(), batch.entries(), batch.isLoose()));
        }
        store.append(records);
    }

    /** Takes back what could not be stored and everything made behind it. */
    private void giveUp(Group group, @Nullable RuntimeException failure) {
        RuntimeException why =
                failure == null ? new IllegalStateException("the commit did not end") : failure;
        List<Turn> behind = new ArrayList<>(queue);
        queue.clear();
        for (Turn turn : behind.reversed()) {
            turn.batches.reversed().forEach(joining::undo);
            turn.failure = why;
            end(turn);
        }
        group.batches().reversed().forEach(joining::undo);
        group.turns().forEach(turn -> turn.failure = why);
    }
}
