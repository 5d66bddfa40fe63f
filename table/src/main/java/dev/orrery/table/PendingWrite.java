package dev.orrery.table;

import dev.orrery.core.Latest;
import dev.orrery.core.OrreryException;
import dev.orrery.core.OrreryException.Cancelled;
import dev.orrery.core.OrreryException.TimedOut;
import dev.orrery.core.OrreryException.Unsupported;
import dev.orrery.core.Signal;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The handle of one write, moved on by the reducer. Thread-safe. */
final class PendingWrite<V> implements Write<V>, Asked {
    private final String what;
    private final Latest<State> progress;
    private final Predicate<PendingWrite<V>> withdrawal;
    private final LongSupplier nanos;
    private final long asked;
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile @Nullable Outcome<V> outcome;
    private volatile @Nullable Long confirmed;

    /** What {@link #await} answers. */
    private sealed interface Outcome<V> {
        record Value<V>(V value) implements Outcome<V> {}

        record Failure<V>(OrreryException reason) implements Outcome<V> {}
    }

    PendingWrite(
            String epoch, String what, Predicate<PendingWrite<V>> withdrawal, LongSupplier nanos) {
        this.nanos = nanos;
        this.asked = nanos.getAsLong();
        this.what = what;
        this.progress = new Latest<>(epoch, State.PROPOSED);
        this.withdrawal = withdrawal;
    }

    /** Moves on to a state that is not the last. */
    void advance(State next) {
        progress.set(next);
    }

    void confirm(V value) {
        confirmed = nanos.getAsLong();
        end(State.CONFIRMED, new Outcome.Value<>(value));
    }

    void fail(State state, OrreryException reason) {
        end(state, new Outcome.Failure<>(reason));
    }

    void withdrawn() {
        fail(State.WITHDRAWN, new Cancelled(what + ", which was withdrawn", null));
    }

    /** Ends the waits for a write that goes on without this handle. */
    void abandon(OrreryException reason) {
        if (outcome == null) {
            outcome = new Outcome.Failure<>(reason);
            ended.countDown();
        }
    }

    private void end(State state, Outcome<V> result) {
        outcome = result;
        progress.set(state);
        ended.countDown();
    }

    @Override
    public long askedNanos() {
        return asked;
    }

    @Override
    public OptionalLong confirmedNanos() {
        Long known = confirmed;
        return known == null ? OptionalLong.empty() : OptionalLong.of(known);
    }

    @Override
    public State state() {
        return progress.now();
    }

    @Override
    public Signal<State> progress() {
        return progress;
    }

    @Override
    public V await(Duration timeout) {
        if (outcome == null && state() == State.PROPOSED) {
            throw new Unsupported("wait for " + what, "the commit it is part of");
        }
        try {
            if (!ended.await(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new TimedOut(what, timeout);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Cancelled("waiting for " + what, e);
        }
        return switch (outcome) {
            case Outcome.Value<V>(V value) -> value;
            case Outcome.Failure<V>(OrreryException reason) -> throw reason;
            case null ->
                    throw new IllegalStateException(
                            "law T8: " + this + " ended without an outcome");
        };
    }

    @Override
    public boolean withdraw() {
        return withdrawal.test(this);
    }

    @Override
    public String toString() {
        return what + " (" + state() + ")";
    }
}
