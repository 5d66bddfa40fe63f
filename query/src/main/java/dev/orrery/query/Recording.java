package dev.orrery.query;

import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one run of a body has read, in first-read order, without repeats. Confined to the thread
 * that runs the body.
 *
 * <p>A re-run is compared in place with what the last run read: while the two agree nothing is
 * allocated, and when they agree to the end the array itself is kept, which later says that equal
 * values rest on the same reads. // law Q7
 */
final class Recording {
    private static final int SCANNED = 16;

    private final Cell[] prior;
    private final Faults faults;

    /** How many reads agree with the last run; all of them while {@link #cells} is null. */
    private int agreed;

    private Cell @Nullable [] cells;
    private int count;
    private @Nullable Set<Cell> seen;

    private long from;
    private boolean isPrivate;

    Recording(Cell @Nullable [] prior, Faults faults) {
        this.faults = faults;
        this.prior = prior == null ? Memo.NOTHING : prior;
    }

    /** What stands for the reads of a body of which nothing can be said: it holds at a revision. */
    static Recording nothingAt(long revision, Faults faults) {
        Recording nothing = new Recording(null, faults);
        nothing.from = revision;
        return nothing;
    }

    void read(Leaf leaf, long revision) {
        add(leaf);
        from = Math.max(from, leaf.since(revision));
    }

    void read(Node node, Memo memo) {
        add(node);
        from = Math.max(from, memo.from);
        isPrivate |= // law Q8
                memo.changedAt == Memo.PRIVATE && !faults.has(Fault.PRIVATE_TAKEN_FOR_LIVE);
    }

    private void add(Cell cell) {
        if (cells == null && agreed < prior.length && prior[agreed] == cell) {
            agreed++;
            if (seen != null) {
                seen.add(cell);
            }
            return;
        }
        if (!isRepeated(cell)) {
            append(cell);
        }
    }

    private boolean isRepeated(Cell cell) {
        if (seen != null) {
            return !seen.add(cell);
        }
        Cell[] read = cells == null ? prior : cells;
        int size = size();
        if (size > SCANNED) {
            Set<Cell> all = Collections.newSetFromMap(new IdentityHashMap<>(size * 2));
            all.addAll(Arrays.asList(read).subList(0, size));
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
        Cell[] own = cells;
        if (own == null) {
            own = Arrays.copyOf(prior, Math.max(2, Math.max(prior.length, agreed + 1)));
            count = agreed;
        } else if (count == own.length) {
            own = Arrays.copyOf(own, count * 2);
        }
        own[count++] = cell;
        cells = own;
    }

    private int size() {
        return cells == null ? agreed : count;
    }

    /** Everything read; the last run's array itself when nothing differs. */
    Cell[] dependencies() {
        if (cells == null) {
            return agreed == prior.length ? prior : Arrays.copyOf(prior, agreed);
        }
        return count == cells.length ? cells : Arrays.copyOf(cells, count);
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
