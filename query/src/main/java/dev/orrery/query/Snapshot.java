package dev.orrery.query;

import dev.orrery.core.OrreryException;
import dev.orrery.core.Pin;
import dev.orrery.core.Revision;
import dev.orrery.core.Tracking;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * A revision that stays readable, whatever is committed meanwhile. Making one costs nothing,
 * keeping it costs what changes; close it. Thread-safe.
 */
public final class Snapshot implements AutoCloseable {
    private final Engine engine;
    private final Pin pin;
    private final AtomicBoolean open = new AtomicBoolean(true);

    Snapshot(Engine engine) {
        this.engine = engine;
        this.pin = engine.timeline.pin();
    }

    /** The revision held. */
    public Revision revision() {
        return pin.revision();
    }

    /**
     * Reads sources and queries, all as of this snapshot's revision. What the body throws is thrown
     * on. Refused inside a query's body, whose reads are of its own revision.
     */
    public <T> T read(Supplier<T> body) {
        if (!open.get()) {
            throw new OrreryException.Closed("the snapshot of " + revision());
        }
        if (Tracking.frame() != null) {
            throw new OrreryException.Unsupported("read a snapshot", "a query or snapshot");
        }
        return engine.at(revision().number(), _ -> body.get());
    }

    @Override
    public void close() {
        if (open.compareAndSet(true, false)) {
            pin.close();
            engine.drainAfterSnapshot();
        }
    }

    @Override
    public String toString() {
        return "snapshot of " + revision();
    }
}
