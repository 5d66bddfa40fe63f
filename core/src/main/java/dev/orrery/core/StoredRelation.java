package dev.orrery.core;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A local relation whose newest values are stored, so that memory need hold only some of them:
 * those that were used lately, and those whose older values somebody may still read. For authors of
 * sources.
 *
 * <p>As long as there are not more keys than may be in memory all of them are, and the store is
 * never asked. Its author has one writer at a time, which goes about each commit in this order:
 * {@link #hold} the keys, store what is new of them, commit, {@link #letGo}. Thread-safe.
 */
public abstract class StoredRelation<K, V> extends LocalRelation<K, V> {
    /*
     * Reading what has no cell. // law C65
     *
     * The store is ahead of the timeline: what is new is stored first and visible after. A reader pinned at R that finds
     * no cell reads the stored value and then looks for the cell again. A cell it finds then has the value at R; if it
     * finds none, the stored value is the one at R. For suppose it read a value that a commit W > R made, or will make.
     * That was stored after the writer had held the key, when a cell with the value before stood there. A held cell
     * stays; and once W is installed the cell's newest version is younger than the pin at R, so it stays as long as that
     * is open. So the cell was there from before W was stored until now, and the second look finds it. And the value is
     * not too old: what R or a commit before it made was stored before R was visible, and so before R was pinned.
     *
     * In the same way nothing is lost to a value that is brought back: its cell is put in place only where there is
     * none, while the reader is pinned; by the same argument no newer one has been stored.
     *
     * A scan reads the stored rows as of one moment and then goes over all cells: to each row the above applies.
     *
     * Since when. Of a key without a cell nobody knows which commit changed it last, but one that was left out had its
     * newest version at or below the horizon then, so the greatest of those is late enough for all and not above any
     * pin. Cells that are made anew begin there. // law C66
     *
     * Locks. `turn` guards the clock, what is held and the leaving out; nothing is read from the store under it, and it
     * is taken inside the commit lock or a transaction of the store, or alone. Readers only try it.
     */
    private static final long NEVER = -1;

    private final int most;
    private final ReentrantLock turn = new ReentrantLock();

    /** The cells, and some that are gone; those to be looked at next come first. */
    private final Deque<Cell<K, V>> clock = new ArrayDeque<>();

    private final List<Cell<K, V>> held = new ArrayList<>();

    /** The horizon at which nothing more could be left out. */
    private long stuckAt = NEVER;

    /** Whether every key has its cell; false for ever once one was left out. */
    private volatile boolean isWhole = true;

    /** The newest version of anything that was left out is not younger. */
    private volatile long leftOutSince;

    /** Is handed what is stored. */
    @FunctionalInterface
    public interface StoredReader<K, V> {
        /**
         * One entry.
         *
         * @param value makes the value; not asked for where that is known
         */
        void read(K key, Supplier<V> value);
    }

    /**
     * A relation without rows.
     *
     * @param most so many keys may stay in memory, beside those that must
     */
    protected StoredRelation(Timeline timeline, String name, int most) {
        super(timeline, name);
        this.most = most;
    }

    /** The stored value of a key, not older than any commit that was visible before the call. */
    protected abstract Optional<V> stored(K key);

    /**
     * Reads every stored entry as of one moment after the call.
     *
     * @return false when that was not possible, and the reader is to forget what it was handed
     */
    protected abstract boolean eachStored(StoredReader<K, V> reader);

    /** Says that not everything stored was restored. Only before the relation is handed out. */
    protected final void restoredSome() {
        beginLeavingOut();
    }

    /** Whether all keys are in memory, so that the store need not be asked. */
    protected final boolean isWhole() {
        return isWhole;
    }

    /** Whether a key is in memory. */
    protected final boolean isInMemory(K key) {
        return existing(key) != null;
    }

    /** How many keys are in memory, absent ones that were asked for among them. */
    public final int keysInMemory() {
        return cellCount();
    }

    /** A place that stays would keep its value here; whoever wants one remembers the key. */
    @Override
    public final boolean hasSlots() {
        return false;
    }

    // writing

    /**
     * Has keys stay in memory, each with its value, until they are let go. To be called before
     * anything newer of them is stored.
     *
     * @param before the stored value of a key; asked for those that are not in memory
     */
    protected final void hold(Collection<K> keys, Function<? super K, Optional<V>> before) {
        if (isWhole) {
            return; // and stays so until the writer lets go
        }
        turn.lock();
        try {
            keys.forEach(key -> hold(key, before));
        } finally {
            turn.unlock();
        }
    }

    private void hold(K key, Function<? super K, Optional<V>> before) {
        Cell<K, V> known = existing(key);
        Cell<K, V> cell = held(key, () -> new Cell<>(this, key, before.apply(key), leftOutSince));
        if (cell == known) {
            cell.use();
        } else {
            clock.add(cell);
        }
        held.add(cell);
    }

    /**
     * Lets go of everything that is held, also by steps before that failed: what was stored is
     * visible, and nothing else was stored.
     */
    protected final void letGo() {
        if (isWhole && cellCount() <= most) {
            return;
        }
        turn.lock();
        try {
            if (isWhole) {
                beginLeavingOut();
            }
            long horizon = timeline().horizon();
            for (Cell<K, V> cell : held) {
                cell.letGo();
                if (cell.isDead(horizon)) {
                    forget(cell);
                }
            }
            held.clear();
            stuckAt = NEVER;
            trim();
        } finally {
            turn.unlock();
        }
    }

    private void beginLeavingOut() {
        cells().forEach(clock::add);
        isWhole = false;
    }

    /** A cell for a write: once some are left out, only one that is held can be written to. */
    @Override
    final Cell<K, V> cell(K key) {
        if (isWhole) {
            return super.cell(key);
        }
        Cell<K, V> cell = existing(key);
        if (cell == null || !cell.isHeld()) {
            throw new IllegalStateException(
                    "law C65: " + key + " of " + name() + " is written and was not held");
        }
        return cell;
    }

    // leaving out

    /** Leaves out what was not used for the longest time, as far as it may go. Under the turn. */
    private void trim() {
        long horizon = timeline().horizon();
        if (clock.size() <= most || horizon == stuckAt) {
            return;
        }
        int stayed = 0; // since one went
        while (clock.size() > most && stayed <= 2 * clock.size()) {
            Cell<K, V> cell = clock.remove();
            if (!owns(cell)) {
                continue;
            }
            if (cell.takeUse() || !cell.isDispensable(horizon)) {
                clock.add(cell);
                stayed++;
            } else {
                leftOutSince = Math.max(leftOutSince, cell.head().from); // before it is gone
                leaveOut(cell);
                stayed = 0;
            }
        }
        stuckAt = clock.size() > most ? horizon : NEVER;
    }

    /** Whether another key may come in, for which one that was there longer can go. */
    private boolean hasRoom() {
        trim();
        return stuckAt == NEVER;
    }

    // reading

    @Override
    final Optional<V> missing(K key) {
        if (isWhole) {
            return Optional.empty();
        }
        try (Reading reading = timeline().read()) {
            return findAt(key, reading.revision());
        }
    }

    @Override
    final Optional<V> missingAt(K key, long revision) { // law C65
        if (isWhole) {
            return Optional.empty();
        }
        Optional<V> value = stored(key);
        Cell<K, V> cell = secondLook(key, value);
        return cell == null ? value : valueAt(cell, revision);
    }

    /** The cell of a key; where there is none the value is brought back, if that can be now. */
    private @Nullable Cell<K, V> secondLook(K key, Optional<V> value) {
        if (!turn.tryLock()) {
            return existing(key);
        }
        try {
            Cell<K, V> known = existing(key);
            if (known == null && hasRoom()) {
                Cell<K, V> cell = new Cell<>(this, key, value, leftOutSince);
                add(cell);
                clock.add(cell);
                trim();
            }
            return known;
        } finally {
            turn.unlock();
        }
    }

    @Override
    final long missingSince() { // law C66
        return leftOutSince;
    }

    // reading everything

    @Override
    final void addMatching(Condition condition, long revision, List<Map.Entry<K, V>> matching) {
        if (isWhole) {
            List<Map.Entry<K, V>> all = new ArrayList<>();
            super.addMatching(condition, revision, all);
            if (isWhole) {
                matching.addAll(all);
                return;
            } // else some may have been left out before they were looked at
        }
        Optional<? extends Set<K>> some = candidates(condition);
        if (some.isPresent()) {
            for (K key : some.get()) {
                findAt(key, revision)
                        .filter(value -> matches(condition, key, value))
                        .ifPresent(value -> matching.add(Map.entry(key, value)));
            }
            return;
        }
        matching.addAll(scan(condition, revision).entrySet());
    }

    private Map<K, V> scan(Condition condition, long revision) { // law C65
        Map<K, V> found = new HashMap<>();
        while (!eachStored(
                (key, value) -> {
                    Cell<K, V> cell = existing(key);
                    Optional<V> seen =
                            cell == null ? Optional.of(value.get()) : valueAt(cell, revision);
                    keepIfMatching(condition, key, seen, found);
                })) {
            found.clear();
        }
        for (Cell<K, V> cell : cells()) {
            found.remove(cell.key);
            keepIfMatching(condition, cell.key, valueAt(cell, revision), found);
        }
        return found;
    }

    private void keepIfMatching(Condition condition, K key, Optional<V> value, Map<K, V> found) {
        value.filter(present -> matches(condition, key, present))
                .ifPresent(present -> found.put(key, present));
    }

    @Override
    final void eachCell(Consumer<Cell<K, V>> reader) {
        boolean done = false;
        while (!done) {
            boolean wasWhole = isWhole;
            Map<K, V> stored = wasWhole ? Map.of() : everythingStored();
            turn.lock(); // nothing is left out as long as all are looked at
            try {
                done = wasWhole == isWhole;
                if (done) {
                    eachCell(stored, reader);
                }
            } finally {
                turn.unlock();
            }
        }
    }

    private void eachCell(Map<K, V> stored, Consumer<Cell<K, V>> reader) {
        super.eachCell(reader);
        stored.forEach((key, value) -> {
            if (existing(key) == null) {
                reader.accept(new Cell<>(this, key, Optional.of(value), leftOutSince));
            }
        });
    }

    private Map<K, V> everythingStored() {
        Map<K, V> all = new HashMap<>();
        while (!eachStored((key, value) -> all.put(key, value.get()))) {
            all.clear();
        }
        return all;
    }
}
