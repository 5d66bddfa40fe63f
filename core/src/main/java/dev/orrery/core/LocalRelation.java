package dev.orrery.core;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.ToLongBiFunction;
import org.jspecify.annotations.Nullable;

/**
 * A relation whose rows live in this process, versioned by the timeline: the base of inputs,
 * projections and live tables. For authors of sources.
 *
 * <p>It keeps the newest value of each key and, for as long as somebody is pinned to them, the
 * values before. Subclasses fill it once with {@link #restore} and change it through {@link
 * Timeline#transact} alone. Keys are compared by their natural order when they have one, by {@link
 * Key} otherwise. Thread-safe.
 */
public abstract class LocalRelation<K, V> implements Relation<K, V>, Versioned<K, V> {
    private final Timeline timeline;
    private final String name;
    private final Map<K, Cell<K, V>> cells = new ConcurrentHashMap<>();
    private final Map<K, Watched<V>> watched = new ConcurrentHashMap<>();
    private final List<Subset<K, V>> subsets = new CopyOnWriteArrayList<>();
    private final AtomicLong changedAt = new AtomicLong();
    private @Nullable Budget<K, V> budget;
    private boolean isRestoredLate;

    /** What is still to be restored, or was already in part; null when all is. */
    private volatile @Nullable Unrestored<K, V> unrestored;

    /** Values that were there before anyone could read them. Always the same; thread-safe. */
    protected interface Unrestored<K, V> {
        /** The value of a key, if there is one. */
        Optional<V> find(K key);

        /** Hands over each key with its value. */
        void forEach(BiConsumer<? super K, ? super V> reader);
    }

    /** A relation without rows. */
    protected LocalRelation(Timeline timeline, String name) {
        this.timeline = timeline;
        this.name = name;
    }

    /**
     * Fills in a value that was there before anyone could read it: learning, not change, so it
     * makes no revision. Only before the relation is handed out.
     */
    protected final void restore(K key, V value) { // law C10
        Budget<K, V> limit = budget;
        if (limit != null) {
            limit.take(key, limit.weigh(key, Optional.of(value)));
        }
        cells.put(key, new Cell<>(this, key, Optional.of(value)));
    }

    /**
     * Fills in values when somebody asks for them: one by its key, or all where all are looked at.
     * What {@link #restore} fills in, or leaves out, counts instead. Only before the relation is
     * handed out; not where bytes are limited.
     */
    protected final void restoreLater(Unrestored<K, V> values) { // law C10
        isRestoredLate = true;
        unrestored = values;
    }

    /** Leaves out a value that {@link #restoreLater} would fill in. As early as that. */
    protected final void restoreNone(K key) {
        cells.put(key, new Cell<>(this, key, Optional.empty()));
    }

    /** Fills in what is still to be restored. */
    private void restoreRest() {
        Unrestored<K, V> rest = unrestored;
        if (rest != null) {
            rest.forEach((key, value) -> cells.computeIfAbsent(key, k -> unless(k, value)));
            unrestored = null;
        }
    }

    /** The cell of a key that was looked for and not found, filled in if there is a value. */
    private @Nullable Cell<K, V> restored(K key) {
        return isRestoredLate ? cells.computeIfAbsent(key, this::unread) : null;
    }

    /*
     * Within the lock of a key's place. Once all is restored a key without a cell has no value: one that was removed is
     * forgotten then, and only then, so that nobody fills in what it was.
     */

    private @Nullable Cell<K, V> unread(K key) {
        Optional<V> value = unwritten(key);
        return value.isEmpty() ? null : new Cell<>(this, key, value);
    }

    private @Nullable Cell<K, V> unless(K key, V value) {
        return unrestored == null ? null : new Cell<>(this, key, Optional.of(value));
    }

    /**
     * Limits the bytes that the newest entries may take together: a commit that would exceed them
     * is refused whole, with {@link OrreryException.LimitExceeded}. What is restored is taken
     * whatever it weighs, and a branch's own writes are not limited. Only before the relation is
     * filled or handed out.
     *
     * @param maximum the greatest sum
     * @param weigher what an entry weighs, above zero; it may run under the commit lock
     */
    protected final void limitBytes(long maximum, ToLongBiFunction<? super K, ? super V> weigher) {
        budget = new Budget<>(name, maximum, weigher);
    }

    @Nullable Budget<K, V> budget() {
        return budget;
    }

    /**
     * A relation of those entries whose values belong to it: the rows of one type among all rows.
     * It has them at every revision somebody still reads, and changes in the commits that change
     * this one. It costs memory for each entry, and is kept as long as this relation is.
     *
     * @param belongs a function of the value alone
     */
    protected final LocalRelation<K, V> subset(
            String name, Predicate<? super V> belongs) { // law C61
        Subset<K, V> subset = new Subset<>(this, name, belongs);
        timeline.alone(() -> {
            eachCell(cell -> subset.begin(cell, timeline));
            subset.touch(changedAt.get());
            subsets.add(subset);
        });
        return subset;
    }

    final List<Subset<K, V>> subsets() {
        return subsets;
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final Timeline timeline() {
        return timeline;
    }

    // reading

    @Override
    public final Optional<V> find(K key) {
        Tracking.Scope scope = Tracking.scope();
        if (scope instanceof Tracking.Frame frame) {
            return frame.find(this, key);
        }
        return scope instanceof Transaction transaction ? transaction.find(this, key) : newest(key);
    }

    /** The newest published value of a key, whatever scope the caller is in. */
    protected final Optional<V> newest(K key) {
        Cell<K, V> cell = used(key);
        if (cell == null) {
            return missing(key);
        }
        Version<V> version;
        do {
            version = cell.versionAt(timeline.published());
        } while (version == null); // cut below that revision, so a newer one is published
        return version.value;
    }

    @Override
    public final Optional<V> findAt(K key, long revision) {
        Cell<K, V> cell = used(key);
        return cell == null ? missingAt(key, revision) : valueAt(cell, revision);
    }

    private @Nullable Cell<K, V> used(K key) {
        Cell<K, V> cell = found(key);
        if (cell != null) {
            cell.use();
        }
        return cell;
    }

    private @Nullable Cell<K, V> found(K key) {
        Cell<K, V> cell = cells.get(key);
        return cell == null ? restored(key) : cell;
    }

    final Optional<V> valueAt(Cell<K, V> cell, long revision) {
        Version<V> version = cell.versionAt(revision);
        if (version == null) {
            throw new IllegalStateException(
                    "law C4: " + name + " was read at r" + revision + " without a pin");
        }
        return version.value;
    }

    /** The value that a key's cell begins with. */
    Optional<V> unwritten(K key) {
        Unrestored<K, V> values = unrestored;
        return values == null ? Optional.empty() : values.find(key);
    }

    /** The newest published value of a key that has no cell. */
    Optional<V> missing(K key) {
        return unwritten(key);
    }

    /** The value as of a revision of a key that has no cell. */
    Optional<V> missingAt(K key, long revision) {
        return unwritten(key);
    }

    /** {@link #changedAt(Object)} of a key that has no cell. */
    long missingSince() {
        return 0;
    }

    @Override
    public final long changedAt(K key) {
        Cell<K, V> cell = cells.get(key);
        return cell == null ? missingSince() : cell.head().from;
    }

    @Override
    public final long nextChange(K key, long revision) {
        Cell<K, V> cell = cells.get(key);
        return cell == null ? nextOfMissing(revision) : cell.nextAfter(revision);
    }

    private long nextOfMissing(long revision) {
        return missingSince() <= revision ? Long.MAX_VALUE : revision + 1;
    }

    @Override
    public final long changedAt() {
        return changedAt.get();
    }

    void touch(long revision) {
        changedAt.setRelease(revision); // the committer's fence follows
    }

    @Override
    public final List<Map.Entry<K, V>> selectAt(Condition condition, long revision) {
        List<Map.Entry<K, V>> matching = new ArrayList<>();
        addMatching(condition, revision, matching);
        matching.sort(Map.Entry.comparingByKey(keyOrder()));
        return matching;
    }

    /** Adds the entries that meet a condition as of a revision, in no order. */
    void addMatching(Condition condition, long revision, List<Map.Entry<K, V>> matching) {
        Optional<? extends Set<K>> some = candidates(condition);
        if (some.isEmpty()) {
            restoreRest();
            cells.values().forEach(cell -> addIfMatching(condition, cell, revision, matching));
            return;
        }
        for (K key : some.get()) {
            Cell<K, V> cell = found(key);
            if (cell != null) {
                addIfMatching(condition, cell, revision, matching);
            }
        }
    }

    /**
     * The keys of entries that may meet a condition, where an index knows them: at least those that
     * do at any revision somebody still reads. Each is looked at. Empty means that all are.
     */
    protected Optional<? extends Set<K>> candidates(Condition condition) { // law C63
        return Optional.empty();
    }

    /**
     * Every value that somebody may read, with its key, also those before the newest: for an index
     * that is made when there are entries already. No commit is under way meanwhile.
     */
    protected final void eachVersion(BiConsumer<? super K, ? super V> reader) {
        timeline.alone(() -> eachCell(cell -> eachVersion(cell, reader)));
    }

    /** Every key with the versions of it that somebody may read. Holding the commit lock. */
    void eachCell(Consumer<Cell<K, V>> reader) {
        restoreRest();
        cells.values().forEach(reader);
    }

    private static <K, V> void eachVersion(
            Cell<K, V> cell, BiConsumer<? super K, ? super V> reader) {
        for (Version<V> version = cell.head(); version != null; version = version.older) {
            version.value.ifPresent(value -> reader.accept(cell.key, value));
        }
    }

    final void addIfMatching(
            Condition condition, Cell<K, V> cell, long revision, List<Map.Entry<K, V>> matching) {
        valueAt(cell, revision)
                .ifPresent(value -> addIfMatching(condition, cell.key, value, matching));
    }

    private void addIfMatching(
            Condition condition, K key, V value, List<Map.Entry<K, V>> matching) {
        if (matches(condition, key, value)) {
            matching.add(Map.entry(key, value));
        }
    }

    final boolean matches(Condition condition, K key, V value) {
        return condition.equals(Condition.all()) || condition.holds(toRow(key, value));
    }

    /** The order of keys: their natural one, or that of {@link Key}. */
    @SuppressWarnings(
            "unchecked") // a Comparable compares with its own kind; keys of one relation are of one
    // kind
    private static <K> Comparator<K> keyOrder() {
        return (left, right) ->
                left instanceof Comparable<?> comparable
                        ? ((Comparable<K>) comparable).compareTo(right)
                        : Key.of(left).compareTo(Key.of(right));
    }

    /** The newest entries that meet a condition, a transaction's own writes included. */
    List<Map.Entry<K, V>> select(Condition condition) {
        Tracking.Scope scope = Tracking.scope();
        if (scope instanceof Tracking.Frame frame) {
            return frame.select(this, condition);
        }
        return scope instanceof Transaction transaction
                ? transaction.own(this).newest(condition, transaction)
                : newest(condition);
    }

    /** How many of the newest entries meet a condition: for that they need no order. */
    long count(Condition condition) {
        if (Tracking.scope() != null) {
            return select(condition).size();
        }
        try (Pin pin = timeline.pin()) {
            List<Map.Entry<K, V>> matching = new ArrayList<>();
            addMatching(condition, pin.revision().number(), matching);
            return matching.size();
        }
    }

    private List<Map.Entry<K, V>> newest(Condition condition) {
        try (Pin pin = timeline.pin()) {
            return selectAt(condition, pin.revision().number());
        }
    }

    private List<Map.Entry<K, V>> newest(Condition condition, Transaction transaction) {
        List<Map.Entry<K, V>> entries = newest(condition);
        Map<K, Optional<V>> written = transaction.written(this);
        if (!written.isEmpty()) {
            entries.removeIf(entry -> written.containsKey(entry.getKey()));
            written.forEach((key, value) ->
                    value.ifPresent(v -> addIfMatching(condition, key, v, entries)));
            entries.sort(Map.Entry.comparingByKey(keyOrder()));
        }
        return entries;
    }

    @Override
    public Relation<K, V> where(Condition condition) {
        return new Narrowed<>(this, condition, List.of());
    }

    @Override
    public Relation<K, V> orderBy(Order... orders) {
        return new Narrowed<>(this, Condition.all(), List.of(orders));
    }

    @Override
    public List<V> list() {
        return where(Condition.all()).list();
    }

    @Override
    public List<K> keys() {
        return where(Condition.all()).keys();
    }

    @Override
    public long count() {
        return where(Condition.all()).count();
    }

    @Override
    public Feed<Delivery<ChangeSet<K, V>>> changes() {
        return where(Condition.all()).changes();
    }

    // watching

    private record Watched<V>(Latest<Optional<V>> latest, int watchers) {}

    @Override
    public final Subscription<Optional<V>> watch(K key) {
        Watched<V> shared =
                watched.compute(
                        key,
                        (_, known) ->
                                known == null
                                        ? new Watched<>(
                                                new Latest<>(timeline.epoch(), Optional.empty()), 1)
                                        : new Watched<>(known.latest(), known.watchers() + 1));
        announce(key, shared.latest()); // after registration: a commit in between announces again
        return shared.latest().watch().whenClosed(() -> release(key));
    }

    private void release(K key) {
        watched.computeIfPresent(
                key,
                (_, known) ->
                        known.watchers() == 1
                                ? null
                                : new Watched<>(known.latest(), known.watchers() - 1));
    }

    void announce(K key) {
        if (watched.isEmpty()) {
            return;
        }
        Watched<V> shared = watched.get(key);
        if (shared != null) {
            announce(key, shared.latest());
        }
    }

    private void announce(K key, Latest<Optional<V>> latest) {
        synchronized (
                latest) { // read and set together, so that an older value never overwrites a newer
            // one
            Optional<V> now = newest(key);
            if (!latest.now().equals(now)) {
                latest.set(now);
            }
        }
    }

    // writing, by the timeline

    /**
     * Whether a branch of the timeline may write to its own version of this: when a value is what
     * was put and nothing else follows from it. A write is refused there otherwise.
     */
    protected boolean isBranchable() {
        return false;
    }

    Cell<K, V> cell(K key) {
        Cell<K, V> known = cells.get(key);
        return known != null
                ? known
                : cells.computeIfAbsent(key, k -> new Cell<>(this, k, unwritten(k)));
    }

    /** The cell of a key, if it has one. */
    final @Nullable Cell<K, V> existing(K key) {
        return cells.get(key);
    }

    final void add(Cell<K, V> cell) {
        cells.put(cell.key, cell);
    }

    /** The cell of a key, held until it is let go; made where there is none. */
    final Cell<K, V> held(K key, Supplier<Cell<K, V>> made) {
        return cells.compute(
                key,
                (_, known) -> {
                    Cell<K, V> cell = known == null ? made.get() : known;
                    cell.hold();
                    return cell;
                });
    }

    final void leaveOut(Cell<K, V> cell) {
        cells.remove(cell.key, cell);
    }

    /** How many keys are in memory. */
    final int cellCount() {
        return cells.size();
    }

    /** Whether keys have places that stay: {@link #slot} is refused otherwise. */
    public boolean hasSlots() {
        return true;
    }

    /**
     * The place of a key, for authors of runtimes.
     *
     * @throws OrreryException.Unsupported where there are no such places
     */
    public final Slot<K, V> slot(K key) {
        if (!hasSlots()) {
            throw new OrreryException.Unsupported("keep the place of a key", name);
        }
        Cell<K, V> cell = cells.get(key);
        return cell != null && cell.isSlot() ? cell : cells.compute(key, this::kept);
    }

    private Cell<K, V> kept(K key, @Nullable Cell<K, V> known) {
        Cell<K, V> cell = known == null ? new Cell<>(this, key, unwritten(key)) : known;
        cell.keep();
        return cell;
    }

    /** All cells, one after the other as they come and go. */
    final Iterable<Cell<K, V>> cells() {
        return cells.values();
    }

    boolean owns(Cell<K, V> cell) {
        return cell.isSlot() || cells.get(cell.key) == cell;
    }

    void forget(Cell<K, V> cell) {
        if (unrestored != null) {
            return; // who looks for it next would find what was restored
        }
        cells.computeIfPresent(
                cell.key,
                (_, known) -> known != cell || cell.isSlot() || cell.isHeld() ? known : null);
    }

    @Override
    public String toString() {
        return name;
    }
}
