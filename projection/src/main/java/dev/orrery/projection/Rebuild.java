package dev.orrery.projection;

import dev.orrery.core.Latest;
import dev.orrery.core.OrreryException;
import dev.orrery.core.OrreryException.TimedOut;
import dev.orrery.core.Subscription;
import dev.orrery.log.Position;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * States being folded into an epoch beside the one that is served, until they are served instead.
 * Thread-safe.
 */
public final class Rebuild {
    private final String name;
    private final Latest<Progress> progress;

    /**
     * How far it is. Immutable.
     *
     * @param reached the newest event folded into the new epoch
     * @param done whether the new epoch is served
     * @param failure why it ended without; the old states are served on
     */
    public record Progress(Position reached, boolean done, @Nullable OrreryException failure) {}

    Rebuild(String name, Position begin) {
        this.name = name;
        this.progress = new Latest<>(begin.log(), new Progress(begin, false, null));
    }

    /** How far it is now. */
    public Progress progress() {
        return progress.now();
    }

    /**
     * Waits until the new states are served.
     *
     * @throws TimedOut when they are not within the time; the rebuild goes on
     * @throws OrreryException when it failed, with the reason
     */
    public void await(Duration timeout) {
        long began = System.nanoTime();
        try (Subscription<Progress> watch = progress.watch()) {
            while (true) {
                Progress now =
                        watch.next(timeout.minusNanos(System.nanoTime() - began))
                                .orElseThrow(() -> new TimedOut("rebuild of " + name, timeout));
                if (now.failure() != null) {
                    throw now.failure();
                }
                if (now.done()) {
                    return;
                }
            }
        }
    }

    boolean isUnderWay() {
        Progress now = progress();
        return !now.done() && now.failure() == null;
    }

    void reached(Position position) {
        progress.set(new Progress(position, false, null));
    }

    void done() {
        progress.set(new Progress(progress().reached(), true, null));
    }

    void failed(OrreryException cause) {
        progress.set(new Progress(progress().reached(), false, cause));
    }
}
