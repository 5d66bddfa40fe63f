package dev.orrery.graph;

import dev.orrery.core.Latest;
import dev.orrery.core.OrreryException.Closed;
import dev.orrery.core.Signal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * How batches become durable and visible, in their order. Called under the lock of its replica, but
 * for what says otherwise.
 */
final class Committing {
    /*
     * Whoever finds nobody committing takes the whole queue, appends its records, waits for the disk once, and shows
     * all batches as one revision of the timeline; the others wait for that. So the order of entries, of records, and
     * of what becomes visible is one, and writers that come together share a force.
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
    private final ArrayDeque<Batch> queue = new ArrayDeque<>();
    private boolean committing;
    private volatile boolean closed;

    /** The arrival number of the newest entry that is durable and visible. */
    private volatile long arrived;

    /** The same, to be waited for. */
    private final Latest<Long> arrivals = new Latest<>("arrivals", 0L);

    Committing(
            String name, ReentrantLock lock, EntryStore store, Joining joining, Showing showing) {
        this.name = name;
        this.lock = lock;
        this.settled = lock.newCondition();
        this.store = store;
        this.joining = joining;
        this.showing = showing;
        arrive(joining.index().size());
    }

    /** The arrival number of the newest entry that is durable and visible; without the lock too. */
    long arrived() {
        return arrived;
    }

    /** {@link #arrived}, to be waited for; without the lock too. */
    Signal<Long> arrivals() {
        return arrivals;
    }

    private void arrive(long last) {
        arrived = last;
        arrivals.set(last);
    }

    /** Notes that all there is was made durable and visible, by a user's commit say. */
    void arrive() {
        arrive(joining.index().size());
        settled.signalAll();
    }

    /** Refuses what comes after {@link #close}; without the lock too. */
    void requireOpen() {
        if (closed) {
            throw new Closed("the graph " + name);
        }
    }

    /** Waits until nothing is queued and nobody commits. */
    void awaitQuiet() {
        while (committing || !queue.isEmpty()) {
            settled.awaitUninterruptibly();
        }
    }

    /** Waits for writes under way; there are no more after them. */
    void close() {
        closed = true;
        awaitQuiet();
        arrivals.set(arrived); // whoever follows finds that it is closed
    }

    /** Commits a batch: when this returns it is durable and visible. */
    void commit(Batch batch) {
        commit(List.of(batch));
    }

    /** Commits batches one behind the other, and nothing between them. */
    void commit(List<Batch> batches) {
        queue.addAll(batches);
        batches.forEach(this::settle);
    }

    /** Waits until a batch is committed, committing it and others where nobody else does. */
    private void settle(Batch mine) {
        while (!mine.done) {
            if (committing) {
                settled.awaitUninterruptibly();
            } else {
                commitQueued();
            }
        }
        if (mine.failure != null) {
            throw mine.failure;
        }
    }

    private void commitQueued() {
        joining.seal().ifPresent(queue::add);
        List<Batch> group = new ArrayList<>(queue);
        queue.clear();
        committing = true;
        long last = joining.index().size();
        RuntimeException failure = null;
        boolean stored = false;
        lock.unlock();
        try {
            persist(group);
            stored = true;
            showing.show(group);
            showing.index(joining.judge().schema());
        } catch (RuntimeException failed) {
            failure = failed;
            throw failed;
        } finally {
            lock.lock();
            committing = false;
            if (stored) {
                arrive(last);
                group.forEach(batch -> batch.done = true);
            } else {
                giveUp(group, failure);
            }
            settled.signalAll();
        }
    }

    private void persist(List<Batch> group) {
        List<byte[]> records = new ArrayList<>(group.size());
        for (Batch batch : group) {
            records.addAll(EntryStore.records(batch.first(), batch.entries(), batch.isLoose()));
        }
        store.append(records);
    }

    /** Takes back what could not be stored and everything made behind it. */
    private void giveUp(List<Batch> group, @Nullable RuntimeException failure) {
        List<Batch> all = new ArrayList<>(group);
        all.addAll(queue);
        queue.clear();
        for (Batch batch : all.reversed()) {
            joining.undo(batch);
            batch.done = true;
            batch.failure =
                    failure == null ? new IllegalStateException("the commit did not end") : failure;
        }
    }
}
