package dev.orrery.projection;

import dev.orrery.log.Position;
import dev.orrery.log.Recorded;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadFactory;

/**
 * Brings one life of a projection by itself to where the log ends, so that the others of its log
 * need not wait for it. Confined to a thread of its own.
 */
final class CatchUp<E, K, S> {
    /** So many events are left for whoever lets it in, while the others wait. */
    private static final int NEARLY_THERE = 4096;

    private final Folder<E, K, S> folder;
    private final Life<E, K, S> life;
    private final ThreadFactory threads;
    private final int eventsAtOnce;

    CatchUp(Folder<E, K, S> folder, Life<E, K, S> life, ThreadFactory threads, int eventsAtOnce) {
        this.folder = folder;
        this.life = life;
        this.threads = threads;
        this.eventsAtOnce = eventsAtOnce;
    }

    /** Told how far it is. */
    interface Listener {
        void reached(Position position);
    }

    /**
     * Folds until nearly nothing is left, or the projection is closed; waits for the database where
     * it cannot be reached.
     *
     * @return false when somebody else had folded on, and everything was read again
     */
    boolean run(Listener listener) {
        return folder.patiently(life, () -> fold(listener));
    }

    private boolean fold(Listener listener) {
        Position begin = life.epoch().position();
        try (Batches<E> batches = Batches.after(begin, folder.log(), threads, eventsAtOnce)) {
            while (!folder.isClosed() && isFarBehind()) {
                List<Recorded<E>> batch = batches.next(Duration.ZERO);
                if (!folder.step(life, batch)) {
                    return false;
                }
                listener.reached(life.epoch().position());
            }
        }
        return true;
    }

    private boolean isFarBehind() {
        return folder.log().head().number() - life.epoch().position().number() > NEARLY_THERE;
    }
}
