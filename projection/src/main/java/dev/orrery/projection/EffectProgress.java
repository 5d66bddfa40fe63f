package dev.orrery.projection;

import dev.orrery.core.Latest;
import dev.orrery.core.OrreryException;
import dev.orrery.core.OrreryException.Closed;
import dev.orrery.core.OrreryException.Unavailable;
import dev.orrery.core.Subscription;
import dev.orrery.log.Position;
import dev.orrery.projection.EffectStatus.Failed;
import dev.orrery.projection.EffectStatus.Stopped;
import dev.orrery.projection.EffectStatus.Working;
import java.time.Duration;
import java.util.Optional;

/** How far an effect is, whether it will go on, and who waits for that. Thread-safe. */
final class EffectProgress {
    private final String name;
    private final Latest<Progress> latest;

    /**
     * How far an effect is.
     *
     * @param position everything up to here is handled
     * @param above how many events above it are
     * @param waiting how many of the handled ones wait for their key
     */
    record Reached(Position position, int above, long waiting) {}

    private record Progress(Reached reached, EffectStatus status) {}

    EffectProgress(String name, Reached reached) {
        this.name = name;
        this.latest = new Latest<>("effect", new Progress(reached, new Working()));
    }

    Reached reached() {
        return latest.now().reached;
    }

    EffectStatus status() {
        return latest.now().status;
    }

    void tell(Reached reached, EffectStatus status) {
        latest.set(new Progress(reached, status));
    }

    /** Whether everything up to a position is handled, within some time or before it ends. */
    boolean reaches(Position position, Duration timeout) {
        long began = System.nanoTime();
        try (Subscription<Progress> watch = latest.watch()) {
            Optional<Progress> now = watch.next(timeout);
            while (now.isPresent()
                    && now.get().status instanceof Working
                    && !now.get().reached.position.atLeast(position)) {
                now = watch.next(timeout.minusNanos(System.nanoTime() - began));
            }
            return now.isPresent() && now.get().reached.position.atLeast(position);
        }
    }

    /** Says why nothing more is done, if that is so. */
    void refuseUnlessWorking() {
        switch (status()) {
            case Working _, EffectStatus.StandingBy _ -> {}
            case Stopped _ -> throw new Closed("effect " + name);
            case Failed(Position after, OrreryException cause) ->
                    throw new Unavailable(
                            "effect "
                                    + name
                                    + " stopped after "
                                    + after
                                    + ": "
                                    + cause.getMessage(),
                            "put that right and run it again",
                            Duration.ZERO,
                            cause);
        }
    }
}
