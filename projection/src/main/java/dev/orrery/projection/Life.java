package dev.orrery.projection;

import dev.orrery.core.OrreryException.Unavailable;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * An epoch with what folds it: the definition of its version, when this program has that. The lock
 * is held by whoever changes the epoch, for a whole step.
 */
record Life<E, K, S>(Epoch<K, S> epoch, @Nullable Folding<E, K, S> folding, ReentrantLock lock) {
    static <E, K, S> Life<E, K, S> of(Epoch<K, S> epoch, Folding<E, K, S> folding) {
        return new Life<>(epoch, folding, new ReentrantLock());
    }

    /** States of another version, which stand still. */
    static <E, K, S> Life<E, K, S> frozen(Epoch<K, S> epoch) {
        return new Life<>(epoch, null, new ReentrantLock());
    }

    Folding<E, K, S> requireFolding() {
        if (folding == null) {
            throw new Unavailable(
                    "states of version " + epoch.row().version() + " stand still",
                    "wait until they are folded anew, or run that version",
                    Duration.ofSeconds(1),
                    null);
        }
        return folding;
    }
}
