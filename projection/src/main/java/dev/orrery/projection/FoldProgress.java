package dev.orrery.projection;

import dev.orrery.core.Latest;
import dev.orrery.core.OrreryException;
import dev.orrery.core.OrreryException.Closed;
import dev.orrery.core.OrreryException.TimedOut;
import dev.orrery.core.OrreryException.Unavailable;
import dev.orrery.core.Subscription;
import dev.orrery.log.Position;
import dev.orrery.projection.ProjectionStatus.Failed;
import dev.orrery.projection.ProjectionStatus.Following;
import dev.orrery.projection.ProjectionStatus.Rebuilding;
import dev.orrery.projection.ProjectionStatus.StandingBy;
import dev.orrery.projection.ProjectionStatus.Stopped;
import java.time.Duration;

/**
 * How far the served states of a projection are, whether they will go on, and who waits for them.
 * Thread-safe.
 */
final class FoldProgress {
    private final String name;
    private final Latest<Progress> latest;

    /** Where the served states are, and whether they will go on. */
    private record Progress(Epoch.Reached reached, ProjectionStatus status) {}

    FoldProgress(String name, Epoch<?, ?> served) {
        this.name = name;
        this.latest = new Latest<>(served.name(), new Progress(served.readable(), new Following()));
    }

    Epoch.Reached reached() {
        return latest.now().reached();
    }

    ProjectionStatus status() {
        return latest.now().status();
    }

    void tell(Epoch.Reached reached, ProjectionStatus status) {
        latest.set(new Progress(reached, status));
    }

    /** Waits until the served states are at a position. // law P4 */
    void await(Position position, Duration timeout) {
        long began = System.nanoTime();
        try (Subscription<Progress> watch = latest.watch()) {
            while (true) {
                Progress now =
                        watch.next(timeout.minusNanos(System.nanoTime() - began))
                                .orElseThrow(() ->
                                        new TimedOut(
                                                "projection " + name + " at " + position, timeout));
                if (now.reached().position().atLeast(position)) {
                    return;
                }
                refuseUnlessGoingOn(now.status());
            }
        }
    }

    private void refuseUnlessGoingOn(ProjectionStatus status) {
        switch (status) {
            case Following _, StandingBy _, Rebuilding _ -> {}
            case Stopped _ -> throw new Closed("projection " + name);
            case Failed(Position after, OrreryException cause) ->
                    throw new Unavailable(
                            "projection "
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
