package dev.orrery.projection;

import dev.orrery.core.OrreryException;
import dev.orrery.core.Timeline;
import dev.orrery.core.Transaction;
import dev.orrery.sql.Database;
import dev.orrery.sql.WriteSession;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one projection made of some events, on its way to the store and then to the timeline.
 * Confined to the thread that holds the epoch's lock.
 */
final class FoldStep<K, S> {
    /** What folds write, beside those who append. */
    private static final String PART = "folds";

    private final Folder<?, K, S> folder;
    private final Epoch<K, S> epoch;
    private final FoldBatch.Result<K, S> result;
    private final Set<K> released;
    private final @Nullable OrreryException failure;
    private final boolean repeatable;

    /**
     * What was made of some events, or by a command.
     *
     * @param repeatable whether folding the same events anew makes the same of them
     */
    FoldStep(
            Folder<?, K, S> folder,
            Epoch<K, S> epoch,
            FoldBatch.Result<K, S> result,
            Set<K> released,
            @Nullable OrreryException failure,
            boolean repeatable) {
        this.folder = folder;
        this.epoch = epoch;
        this.result = result;
        this.released = released;
        this.failure = failure;
        this.repeatable = repeatable;
    }

    Folder<?, K, S> folder() {
        return folder;
    }

    /** Why the projection cannot go on after what it folded. */
    Optional<OrreryException> failure() {
        return Optional.ofNullable(failure);
    }

    /**
     * Stores steps in one transaction, and only then shows them in one commit. The transaction is
     * not forced to disk where the events, which are, would make the same again. // laws P1, P3,
     * P13
     *
     * @param cause what the commit is told to be made by
     * @return false, and nothing stored, when somebody else had folded on for one of them, which
     *     then has what is stored since
     */
    static boolean take(
            Database database, Timeline timeline, String cause, List<FoldStep<?, ?>> steps) {
        try {
            if (steps.stream().allMatch(step -> step.repeatable)) {
                database.performUnforced(PART, session -> store(session, steps));
            } else {
                database.perform(PART, session -> store(session, steps));
            }
        } catch (Overtaken e) {
            e.step.reload();
            return false;
        }
        show(timeline, cause, steps.stream().map(FoldStep::shown).toList());
        return true;
    }

    private static void store(WriteSession session, List<FoldStep<?, ?>> steps) {
        steps.forEach(step -> step.store(session));
    }

    /** Stores it within a transaction, its keys held for readers of what was before. // law C65 */
    void store(WriteSession session) {
        folder.hold(epoch, result.changed().keySet());
        if (!epoch.tables().save(session, result.save())) {
            throw new Overtaken(this);
        }
    }

    private void reload() {
        folder.reload(epoch);
    }

    /** Parks before anyone can see the states, and releases after. */
    Shown<K, S> shown() {
        EpochTables.Save save = result.save();
        Set<K> free = new HashSet<>(released);
        if (released.isEmpty()) {
            result.waiting().forEach(epoch::park);
        } else {
            result.waiting().forEach(waiting -> free.remove(waiting.key()));
            epoch.parkAgain(result.waiting());
        }
        epoch.stepped();
        epoch.changes().add(save.chunks(), save.position(), save.dropped());
        epoch.forget(save.position());
        return new Shown<>(
                folder, epoch, result.changed(), free, save.position(), save.time(), false);
    }

    /**
     * Shows what is stored, as one commit: who sees it may look for its states in any way, and who
     * was told of the position sees it. // law P3
     */
    static void show(Timeline timeline, String cause, List<? extends Shown<?, ?>> stored) {
        stored.forEach(Shown::hold);
        timeline.transact(cause, tx -> stored.forEach(one -> one.put(tx)));
        stored.forEach(Shown::tell);
    }

    /**
     * States that are stored, with how far they are.
     *
     * @param released keys for which nothing waits any more
     * @param isFollowed whether somebody else stored them, and who shows them leaves out of memory
     *     what is too much
     */
    record Shown<K, S>(
            Folder<?, K, S> folder,
            Epoch<K, S> epoch,
            Map<K, Held<S>> changed,
            Set<K> released,
            long position,
            Instant time,
            boolean isFollowed) {
        void hold() {
            changed.forEach(epoch::hold);
        }

        void put(Transaction tx) {
            if (folder.serves(epoch)) {
                origin().ifPresent(tx::origin);
                changed.forEach((key, held) -> put(tx, key, held.state()));
            }
        }

        private void put(Transaction tx, K key, @Nullable S state) {
            if (state == null) {
                tx.remove(folder.relation(), key);
            } else {
                tx.put(folder.relation(), key, state);
            }
        }

        /** The events shown; none for those of a parked key, which were passed before. */
        private Optional<Folded> origin() { // law P10
            long first = epoch.position().number() + 1;
            return first > position
                    ? Optional.empty()
                    : Optional.of(new Folded(folder.log().name(), first, position));
        }

        void tell() {
            epoch.reach(position, time);
            released.forEach(epoch::release);
            if (!isFollowed && folder.settle(epoch)) {
                folder.leaveOut(epoch, changed.keySet());
            }
        }
    }

    /** Undoes a transaction: the fence of an epoch was not what it was believed to be. */
    private static final class Overtaken extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final transient FoldStep<?, ?> step;

        private Overtaken(FoldStep<?, ?> step) {
            super("somebody else folded on", null, false, false);
            this.step = step;
        }
    }
}
