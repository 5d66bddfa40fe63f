package dev.orrery.core;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A revision somebody still reads: while it is open every source answers as of it. Close it soon;
 * thread-safe, and closing twice is closing once.
 */
public final class Pin implements AutoCloseable {
    private final Timeline timeline;
    private final Revision revision;
    private final AtomicBoolean open = new AtomicBoolean(true);

    Pin(Timeline timeline, Revision revision) {
        this.timeline = timeline;
        this.revision = revision;
    }

    /** The revision held. */
    public Revision revision() {
        return revision;
    }

    @Override
    public void close() {
        if (open.compareAndSet(true, false)) {
            timeline.unpin(revision.number());
        }
    }
}
