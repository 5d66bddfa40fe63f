package dev.orrery.projection;

import dev.orrery.core.OrreryException;
import dev.orrery.core.OrreryException.Closed;
import dev.orrery.core.OrreryException.TimedOut;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What is done to single keys of a projection by command, and retries that are due. Each takes the
 * lock of the life that is served. Thread-safe.
 */
final class KeyCommands<E, K, S> {
    private static final System.Logger LOG = System.getLogger(KeyCommands.class.getName());

    /** How long a command is tried while others change the same projection all the time. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Folder<E, K, S> folder;

    KeyCommands(Folder<E, K, S> folder) {
        this.folder = folder;
    }

    private void withServed(Consumer<Life<E, K, S>> work) {
        Life<E, K, S> life = folder.lockServed();
        try {
            if (folder.isClosed()) {
                throw new Closed("projection " + folder.name());
            }
            work.accept(life);
        } finally {
            life.lock().unlock();
        }
    }

    /**
     * Carries out a command on the life that is served, over what is stored then: when somebody
     * else has taken a step meanwhile it is done again over that. // laws P2, P16
     *
     * @param command stores its step, and says whether that was taken
     */
    private void untilTaken(Predicate<Life<E, K, S>> command) {
        long began = System.nanoTime();
        boolean[] taken = {false};
        while (true) {
            withServed(life -> taken[0] = command.test(life));
            if (taken[0]) {
                return;
            }
            if (System.nanoTime() - began > PATIENCE.toNanos()) {
                throw new TimedOut("the turn to change projection " + folder.name(), PATIENCE);
            }
            folder.look(); // perhaps another epoch is served by now
        }
    }

    /** Folds the waiting events of a parked key, the first of them left out if asked. */
    void retry(K key, boolean leaveOutFirst) {
        untilTaken(life -> retry(life, key, leaveOutFirst));
    }

    private boolean retry(Life<E, K, S> life, K key, boolean leaveOutFirst) {
        KeyRetry<E, K, S> retry = KeyRetry.of(life, key, folder.log(), folder.batch(life));
        retry.fold(leaveOutFirst);
        folder.counts().retried(1);
        FoldBatch.Result<K, S> result = retry.result(folder.nextRevision());
        if (!folder.take(new FoldStep<>(folder, life.epoch(), result, Set.of(key), null, false))) {
            return false;
        }
        retry.requireDone(folder.name());
        return true;
    }

    /** Puts a state in place of what was folded. */
    void edit(K key, S state) {
        untilTaken(life -> {
            FoldBatch<E, K, S> edited = folder.batch(life);
            edited.brought(key).of(key, life.epoch().position().number()).put(state);
            FoldBatch.Result<K, S> result = edited.result(folder.nextRevision(), List.of());
            return folder.take(new FoldStep<>(folder, life.epoch(), result, Set.of(), null, false));
        });
    }

    /** Tries again what is to be tried by now, and says when there is more; null for never. */
    @Nullable Duration retryDue() {
        folder.served().parkedToRetry().stream()
                .filter(parked -> !untilRetry(parked).isPositive())
                .forEach(parked -> retryByItself(parked.key()));
        return folder.served().parkedToRetry().stream()
                .map(this::untilRetry)
                .min(Duration::compareTo)
                .orElse(null);
    }

    private Duration untilRetry(Parked<K> parked) {
        return Duration.between(folder.folding().clock().instant(), parked.retryAt().orElseThrow());
    }

    private void retryByItself(K key) {
        withServed(life -> {
            if (life.epoch().isParked(key)) {
                try {
                    retry(life, key, false);
                } catch (OrreryException.UserFailure e) {
                    LOG.log(System.Logger.Level.DEBUG, "projection {0}: {1}", folder.name(), e);
                }
            }
        });
    }
}
