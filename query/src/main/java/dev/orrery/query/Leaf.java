package dev.orrery.query;

import dev.orrery.core.Condition;
import dev.orrery.core.Slot;
import dev.orrery.core.Versioned;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A key or a condition of a source that some result has read, with the revisions that changed it.
 *
 * <p>The log of changes is complete from its first entry on, and reaches back to the oldest pin or
 * to the newest change that the source knew of when the leaf was made. Below it the answer is
 * "unknown", which is always a sound one: the reader's interval is one revision long.
 */
final class Leaf extends Cell {
    /*
     * Making a leaf races with a commit. The reader puts the leaf where commits look, then a full
     * fence, then asks the source for its newest change, unpublished ones included. The committer
     * installs, then a full fence, then looks for the leaf. One of them sees the other: either the
     * commit notes its revision here, or the reader's question finds it.
     */
    private static final long[] NONE = {};
    private static final long UNSTARTED = -1;

    /** The runtime's, where it is kept. */
    final Sources sources;

    final Versioned<?, ?> source;

    /** The key, or the {@link Condition}. */
    final Object subject;

    private static final VarHandle NEWEST;
    private static final VarHandle PREVIOUS;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            NEWEST = lookup.findVarHandle(Leaf.class, "newest", long.class);
            PREVIOUS = lookup.findVarHandle(Leaf.class, "previous", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    // Under the monitor each is written before the one above it, and readers go down: what moves
    // from one to the next is never missing in both.

    /** The newest change. */
    private volatile long newest = UNSTARTED;

    /** The one before it; unstarted when that is not known. */
    private volatile long previous = UNSTARTED;

    /** Those before it that somebody may still ask for, ascending; replaced whole. */
    private volatile long[] older = NONE;

    /** Where the key is in its source, if that has such places. */
    private final @Nullable Slot<?, ?> slot;

    Leaf(Sources sources, Versioned<?, ?> source, Object subject, @Nullable Slot<?, ?> slot) {
        this.sources = sources;
        this.slot = slot;
        this.source = source;
        this.subject = subject;
    }

    /** The value of its key as of a pinned revision, by the source that it was asked of. */
    @SuppressWarnings("unchecked") // a leaf's subject is a key of its source
    <K, V> Optional<V> valueAt(Versioned<K, V> of, K key, long revision) {
        return slot == null ? of.findAt(key, revision) : (Optional<V>) slot.at(revision);
    }

    boolean isStarted() {
        return newest != UNSTARTED;
    }

    /**
     * Takes over the newest change the source knows of, asked for after the leaf could be found.
     */
    synchronized void start(long newestChange) {
        if (!isStarted()) {
            newest = newestChange;
        }
    }

    /** Notes that a commit changed this, and hands over the edges that its mark travels over. */
    synchronized void change(long revision, long horizon, Walk walk) {
        if (revision > newest) {
            note(revision, horizon);
        }
        handEdges(walk);
    }

    private void note(long revision, long horizon) {
        long before = newest;
        if (before != UNSTARTED) {
            long[] known = older;
            boolean isNeeded = previous != UNSTARTED && horizon < before;
            if (isNeeded || known.length > 0) {
                int first = firstNeeded(known, horizon);
                long[] kept = Arrays.copyOfRange(known, first, known.length + (isNeeded ? 1 : 0));
                if (isNeeded) {
                    kept[kept.length - 1] = previous;
                }
                older = isNeeded ? kept : NONE;
            }
            PREVIOUS.setRelease(this, before);
        }
        NEWEST.setRelease(this, revision); // seen by whoever sees the commit
    }

    /** The index of the change that holds at the horizon: older ones nobody can ask for. */
    private static int firstNeeded(long[] known, long horizon) {
        int index = 0;
        while (index + 1 < known.length && known[index + 1] <= horizon) {
            index++;
        }
        return index;
    }

    /** Since when the value at a revision is known to hold. */
    long since(long revision) {
        long change = newest;
        if (change <= revision && change != UNSTARTED) {
            return change;
        }
        change = previous;
        if (change <= revision && change != UNSTARTED) {
            return change;
        }
        long[] known = older;
        for (int i = known.length - 1; i >= 0; i--) {
            if (known[i] <= revision) {
                return known[i];
            }
        }
        return revision;
    }

    @Override
    synchronized long link(Node reader, int position, long revision, Faults faults) {
        if (newest <= revision || faults.has(Fault.LEAF_NOT_LOOKED_AT_AGAIN)) {
            arm(reader, position);
            return Memo.OPEN;
        }
        if (previous == UNSTARTED) {
            return revision + 1;
        }
        if (previous <= revision) {
            return newest;
        }
        long next = previous;
        for (int i = older.length - 1; i >= 0; i--) {
            if (older[i] <= revision) {
                return next;
            }
            next = older[i];
        }
        return revision + 1;
    }

    /** Whether nothing changed after a revision; for the sweep. */
    boolean isNewestAt(long revision) {
        return newest <= revision;
    }

    @Override
    String label() {
        return subject instanceof Condition condition
                ? source.name() + " where " + condition
                : Definition.label(source.name(), subject);
    }

    @Override
    public String toString() {
        return label() + " changed at " + Arrays.toString(older) + ", " + previous + ", " + newest;
    }
}
