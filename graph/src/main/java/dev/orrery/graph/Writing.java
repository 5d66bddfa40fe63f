package dev.orrery.graph;

import dev.orrery.core.OrreryException.Unsupported;
import dev.orrery.core.Tracking;
import dev.orrery.core.Transaction;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** How operations are written: alone, or with the rest of a commit by the user. Thread-safe. */
final class Writing {
    /*
     * A commit by the user holds the lock from its first write to its end, with an empty queue: its batches are
     * appended as one record by the timeline's persistence and shown by its transaction, or taken back.
     */
    private final String name;
    private final ReentrantLock lock;
    private final EntryStore store;
    private final Joining joining;
    private final Showing showing;
    private final Committing committing;
    private @Nullable Draft draft;

    /** The writes of a user's commit so far. */
    private record Draft(Transaction transaction, List<Batch> batches) {}

    Writing(
            String name,
            ReentrantLock lock,
            EntryStore store,
            Joining joining,
            Showing showing,
            Committing committing) {
        this.name = name;
        this.lock = lock;
        this.store = store;
        this.joining = joining;
        this.showing = showing;
        this.committing = committing;
    }

    /** Writes operations that are worked out when nobody else writes; all of them, or none. */
    void writeAll(Supplier<List<? extends Operation>> operations) {
        Tracking.Scope scope = Tracking.scope();
        if (scope instanceof Tracking.Frame) {
            throw new Unsupported("write to " + name, "a query or snapshot");
        }
        if (scope instanceof Transaction transaction && isOurs(transaction)) {
            writeWithin(transaction, operations);
        } else {
            writeAlone(operations);
        }
    }

    private boolean isOurs(Transaction transaction) {
        if (transaction.timeline().isBranch()) {
            throw new Unsupported("write to " + name, "a snapshot's commit");
        }
        return transaction.timeline() == showing.timeline();
    }

    private void writeAlone(Supplier<List<? extends Operation>> operations) {
        if (lock.isHeldByCurrentThread()) {
            throw new Unsupported("write to " + name, "a commit, untracked");
        }
        Committing.Turn turn;
        lock.lock();
        try {
            committing.enter();
            Batch batch = joining.batch();
            make(batch, operations);
            if (batch.isEmpty()) {
                return;
            }
            turn = committing.queue(List.of(batch));
        } finally {
            lock.unlock();
        }
        committing.await(turn);
    }

    private void make(Batch batch, Supplier<List<? extends Operation>> operations) {
        try {
            operations.get().forEach(operation -> joining.make(batch, operation));
        } catch (RuntimeException refused) {
            joining.undo(batch);
            throw refused;
        }
    }

    private void writeWithin(
            Transaction transaction, Supplier<List<? extends Operation>> operations) {
        Draft current = draft(transaction);
        Batch batch = joining.batch();
        make(batch, operations);
        current.batches().add(batch);
        showing.show(transaction, batch);
    }

    private Draft draft(Transaction transaction) {
        Draft current = draft;
        if (lock.isHeldByCurrentThread()
                && current != null
                && current.transaction() == transaction) {
            return current;
        }
        transaction.persist(name, this::persistDraft); // refused when another store is written to
        lock.lock();
        transaction.whenEnded(this::endDraft);
        committing.awaitQuiet();
        committing.requireOpen();
        Draft begun = new Draft(transaction, new ArrayList<>());
        draft = begun;
        return begun;
    }

    private void persistDraft() {
        Draft current = draft;
        if (current == null || current.batches().isEmpty()) {
            return;
        }
        joining.seal().ifPresent(current.batches()::add);
        List<Entry> entries = new ArrayList<>();
        current.batches().forEach(batch -> batch.addTo(entries));
        if (!entries.isEmpty()) {
            store.append(List.of(EntryRecord.of(current.batches().getFirst().first(), entries)));
        }
    }

    private void endDraft(boolean committed) {
        Draft current = draft;
        draft = null;
        try {
            if (current != null && !committed) {
                current.batches().reversed().forEach(joining::undo);
            }
            showing.index(joining.judge().schema());
            committing.arrive();
        } finally {
            lock.unlock();
        }
    }
}
