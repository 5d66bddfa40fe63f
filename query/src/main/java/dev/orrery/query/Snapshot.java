package dev.orrery.query;

import dev.orrery.core.OrreryException;
import dev.orrery.core.Revision;
import dev.orrery.core.Timeline;
import dev.orrery.core.Tracking;
import java.lang.ref.Cleaner;
import java.util.function.Supplier;

/**
 * A revision that stays readable, whatever is committed meanwhile, and can be written to without
 * anyone else seeing it. Making one costs nothing, keeping it costs what changes; close it. One
 * that is forgotten is closed when the garbage collector finds it. Thread-safe.
 *
 * <p>Until its first own write a snapshot shares every result with all who see the same facts. Then
 * it goes its own way: what it reads it takes over from the facts as they were, verified once, and
 * only what stands on its own writes runs.
 */
public final class Snapshot implements AutoCloseable {
    private final Engine root;
    private final Hold hold;
    private final Cleaner.Cleanable cleanable;

    Snapshot(Engine root, Hold hold) {
        this.root = root;
        this.hold = hold;
        this.cleanable = root.cleaner().register(this, hold);
    }

    /** The revision held, on the timeline it was taken of. */
    public Revision revision() {
        return hold.revision();
    }

    /**
     * Reads sources and queries, all as of this snapshot's revision, or of its newest own one. What
     * the body throws is thrown on. Refused inside a query's body, whose reads are of its own
     * revision.
     */
    public <T> T read(Supplier<T> body) {
        if (Tracking.frame() != null) {
            throw new OrreryException.Unsupported("read a snapshot", "a query or snapshot");
        }
        return hold.read(body);
    }

    /**
     * Changes inputs in this snapshot only, all at once. Reads inside see the snapshot and what was
     * written so far; a query read inside answers without the writes of this commit. Anything but
     * an input is refused by name. What the work throws is thrown on, and nothing is changed.
     *
     * @return the revision made, on the snapshot's own timeline, which continues from the revision
     *     it held; the newest one there when nothing changed
     */
    public <X extends Exception> Revision commit(Timeline.Work<X> work) throws X {
        if (Tracking.frame() != null) {
            throw new OrreryException.Unsupported("commit", "a query or snapshot");
        }
        return hold.commit(work);
    }

    /** A snapshot of what this one sees now, its own writes included; each is closed by itself. */
    public Snapshot snapshot() {
        return new Snapshot(root, hold.again());
    }

    /** The runtime it reads in, for tests. */
    Engine engine() {
        return hold.engine();
    }

    @Override
    public void close() {
        cleanable.clean();
    }

    @Override
    public String toString() {
        return "snapshot of " + revision();
    }
}
