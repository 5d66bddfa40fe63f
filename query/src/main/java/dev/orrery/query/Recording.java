package dev.orrery.query;

import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one run of a body has read, in first-read order, without repeats. Confined to the thread
 * that runs the body, and used again by its next body at the same depth.
 *
 * <p>A re-run is compared in place with what the last run read: while the two agree nothing is
 * allocated, and when they agree to the end the array itself is kept, which later says that equal
 * values rest on the same reads. // law Q7
 */
final class Recording {
    private static final int SCANNED = 16;
    private static final int KEPT = 64;
    private static final @Nullable Cell[] NONE = {};

    /** That of the body around; null around the outermost. */
    final @Nullable Recording outer;

    private @Nullable Recording inner;
    private Cell[] prior = Memo.NOTHING;

    /** How many reads agree with the last run; all of them until they are {@link #parted}. */
    private int agreed;

    private boolean parted;

    /** What was read, once it parted from the last run; the room is kept. */
    private @Nullable Cell[] cells = NONE;

    private int count;
    private @Nullable Set<Cell> seen;
    private @Nullable Cell last;

    private long from;
    private boolean isPrivate;

    Recording(@Nullable Recording outer) {
        this.outer = outer;
    }

    /** The recording for a body that this one's body asks for. */
    Recording inner() {
        Recording known = inner;
        if (known == null) {
            known = new Recording(this);
            inner = known;
        }
        return known;
    }

    /** Begins anew. */
    Recording begin(Cell @Nullable [] before) {
        prior = before == null ? Memo.NOTHING : before;
        agreed = 0;
        parted = false;
        count = 0;
        seen = null;
        last = null;
        from = 0;
        isPrivate = false;
        return this;
    }

    /** Lets go of what was read. */
    void end() {
        prior = Memo.NOTHING;
        last = null;
        seen = null;
        if (cells.length > KEPT) {
            cells = NONE;
        } else if (parted) {
            Arrays.fill(cells, 0, count, null);
        }
    }

    void read(Leaf leaf, long revision) {
        if (leaf != last) {
            add(leaf);
            from = Math.max(from, leaf.since(revision));
        }
    }

    void read(Node node, Memo memo, Faults faults) {
        if (node == last) {
            return; // and the same memo, or one of the same value
        }
        add(node);
        from = Math.max(from, memo.from);
        if (memo.changedAt() == Memo.PRIVATE && !faults.has(Fault.PRIVATE_TAKEN_FOR_LIVE)) {
            isPrivate = true; // law Q8
        }
    }

    /** Something was read that stays for ever from a revision on. */
    void holdsSince(long since) {
        from = Math.max(from, since);
    }

    /** Adds what was read side by side with other reads. */
    void read(Recording part) {
        for (Cell cell : part.dependencies()) {
            add(cell);
        }
        from = Math.max(from, part.from);
        isPrivate |= part.isPrivate;
    }

    private void add(Cell cell) {
        last = cell;
        if (!parted && agreed < prior.length && prior[agreed] == cell) {
            agreed++;
            if (seen != null) {
                seen.add(cell);
            }
        } else if (!isRepeated(cell)) {
            append(cell);
        }
    }

    private boolean isRepeated(Cell cell) {
        if (seen != null) {
            return !seen.add(cell);
        }
        @Nullable Cell[] read = parted ? cells : prior;
        int size = size();
        if (size > SCANNED) {
            Set<Cell> all = Collections.newSetFromMap(new IdentityHashMap<>(size * 2));
            for (int i = 0; i < size; i++) {
                Cell each = read[i];
                if (each != null) {
                    all.add(each);
                }
            }
            seen = all;
            return !all.add(cell);
        }
        for (int i = 0; i < size; i++) {
            if (read[i] == cell) {
                return true;
            }
        }
        return false;
    }

    private void append(Cell cell) {
        if (!parted) {
            parted = true;
            count = agreed;
            if (cells.length < Math.max(prior.length, agreed + 1)) {
                cells = new @Nullable Cell[Math.max(prior.length, agreed + 1)];
            }
            System.arraycopy(prior, 0, cells, 0, agreed);
        }
        if (count == cells.length) {
            cells = Arrays.copyOf(cells, Math.max(4, count * 2));
        }
        cells[count++] = cell;
    }

    private int size() {
        return parted ? count : agreed;
    }

    /** Everything read; the last run's array itself when nothing differs. */
    Cell[] dependencies() {
        if (!parted && agreed == prior.length) {
            return prior;
        }
        Cell[] read = new Cell[size()];
        System.arraycopy(parted ? cells : prior, 0, read, 0, read.length);
        return read;
    }

    /** Since when everything read holds. */
    long from() {
        return from;
    }

    /** Whether something read is private to its revision. */
    boolean isPrivate() {
        return isPrivate;
    }
}
