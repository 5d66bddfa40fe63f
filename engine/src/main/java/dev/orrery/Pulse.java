package dev.orrery;

import dev.orrery.core.Broadcast;
import dev.orrery.core.Feed;
import dev.orrery.core.OrreryException;
import dev.orrery.core.StateFeed;
import dev.orrery.core.Update;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A state that is looked at again and again while somebody follows it, and told when it differs.
 * Thread-safe.
 *
 * @param <S> the state, immutable
 */
final class Pulse<S> { // law E9
    private static final System.Logger LOG = System.getLogger(Pulse.class.getName());
    private static final int DIFFERENCES_KEPT = 64;

    private final Supplier<S> look;
    private final BiFunction<S, S, Optional<S>> difference;
    private final long paceNanos;
    private final ThreadFactory threads;
    private final Broadcast<S> differences;
    private final Feed<Update<S, S>> feed;
    private @Nullable S told;
    private volatile @Nullable Beat beat;

    /**
     * A state at a pace.
     *
     * @param look finds the state; on one thread at a time
     * @param difference what a reader of the first must be told to have the second
     */
    Pulse(
            Supplier<S> look,
            BiFunction<S, S, Optional<S>> difference,
            Duration pace,
            ThreadFactory threads,
            String epoch) {
        this.look = look;
        this.difference = difference;
        this.paceNanos = pace.toNanos();
        this.threads = threads;
        this.differences = new Broadcast<>(epoch, DIFFERENCES_KEPT);
        this.feed =
                new CountedFeed<>(
                        new StateFeed<>(differences, this::whole), this::begin, this::end);
    }

    Feed<Update<S, S>> feed() {
        return feed;
    }

    private synchronized Update.Whole<S, S> whole() {
        S state = told;
        if (state == null) {
            state = look.get();
            told = state;
        }
        return new Update.Whole<>(differences.head(), state);
    }

    private synchronized void tell() {
        S now = look.get();
        S before = told;
        Optional<S> news = before == null ? Optional.empty() : difference.apply(before, now);
        if (before == null || news.isPresent()) {
            told = now;
        }
        news.ifPresent(differences::publish);
    }

    private void begin() {
        Beat begun = new Beat();
        beat = begun;
        threads.newThread(begun).start();
    }

    private void end() {
        beat = null;
    }

    /** The thread that looks, as long as it is the present one. */
    private final class Beat implements Runnable {
        private boolean isAway;

        @Override
        public void run() {
            while (beat == this) {
                look();
                LockSupport.parkNanos(Pulse.this, paceNanos);
            }
        }

        /** What cannot be looked at now is with the next beat. */
        private void look() { // law E19
            try {
                tell();
                isAway = false;
            } catch (OrreryException failure) {
                if (!isAway) {
                    LOG.log(System.Logger.Level.WARNING, "nothing is told for now", failure);
                }
                isAway = true;
            }
        }
    }
}
