package dev.orrery.core;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The writes of one commit while its work runs: nothing is visible until all is. For authors of
 * sources; users write through their sources inside {@link Timeline#commit}. Confined to the
 * committing thread.
 */
public final class Transaction implements Tracking.Scope {
    private static final System.Logger LOG = System.getLogger(Transaction.class.getName());

    final Timeline timeline;
    final String cause;

    // the write that came first, which often stays the only one

    private @Nullable LocalRelation<?, ?> relation;
    private @Nullable Object key;
    private Optional<?> value = Optional.empty();

    /** The others. */
    private Map<LocalRelation<?, ?>, Map<Object, Optional<?>>> writes = Map.of();

    /** The writes as they were prepared for what is durable; null when there are more since. */
    private @Nullable List<Prepared<?, ?>> prepared;

    private Map<Budget<?, ?>, Long> claims = Map.of();
    private @Nullable String store;
    private List<Runnable> persistence = List.of();
    private List<End> ends = List.of();
    private List<Commit.Origin> origins = List.of();

    Transaction(Timeline timeline, String cause) {
        this.timeline = timeline;
        this.cause = cause;
    }

    /** Gives a key its value; the last write of a key in a transaction counts. */
    public <K, V> void put(LocalRelation<K, V> relation, K key, V value) {
        write(relation, key, Optional.of(value));
    }

    /** Takes a key's value away. */
    public <K, V> void remove(LocalRelation<K, V> relation, K key) {
        write(relation, key, Optional.empty());
    }

    void write(LocalRelation<?, ?> to, Object written, Optional<?> next) {
        if (to instanceof Subset<?, ?>) {
            throw new OrreryException.Unsupported(
                    "change " + to.name(), "a commit; its whole is written to");
        }
        LocalRelation<?, ?> own = timeline.writable(to);
        prepared = null;
        if (relation == null) {
            relation = own;
            key = written;
            value = next;
        } else if (isFirst(own, written)) {
            value = next;
        } else {
            if (writes.isEmpty()) {
                writes = new LinkedHashMap<>();
            }
            writes.computeIfAbsent(own, _ -> new LinkedHashMap<>()).put(written, next);
        }
    }

    private boolean isFirst(LocalRelation<?, ?> own, Object written) {
        return own.equals(relation) && written.equals(key);
    }

    /** The timeline that is written to: a branch's inside a commit of it. */
    public Timeline timeline() {
        return timeline;
    }

    /** A relation as this transaction's timeline sees it; itself, where that does not know it. */
    <K, V> LocalRelation<K, V> own(LocalRelation<K, V> relation) {
        return timeline.isBranchOf(relation.timeline()) ? timeline.overlay(relation) : relation;
    }

    /** The newest value of a key, this transaction's own writes included. */
    @SuppressWarnings("unchecked") // only put and remove write, with the relation's types
    <K, V> Optional<V> find(LocalRelation<K, V> source, K wanted) {
        LocalRelation<K, V> own = own(source);
        if (isFirst(own, wanted)) {
            return (Optional<V>) value;
        }
        Optional<?> written =
                own instanceof Subset<K, V>
                        ? written(own).get(wanted)
                        : writes.getOrDefault(own, Map.of()).get(wanted);
        return written == null ? own.newest(wanted) : (Optional<V>) written;
    }

    /** Says what facts the commit is made of, for those who record commits. */
    public void origin(Commit.Origin origin) {
        if (origins.isEmpty()) {
            origins = new ArrayList<>();
        }
        origins.add(origin);
    }

    List<Commit.Origin> origins() {
        return List.copyOf(origins);
    }

    /** Everything this transaction wrote to a relation so far. */
    @SuppressWarnings("unchecked") // only put and remove write, with the relation's types
    <K, V> Map<K, Optional<V>> written(LocalRelation<K, V> source) {
        if (source instanceof Subset<K, V> subset) {
            return subset.written(written(subset.whole()));
        }
        Map<Object, Optional<?>> keys = new LinkedHashMap<>();
        if (source.equals(relation) && key != null) {
            keys.put(key, value);
        }
        keys.putAll(writes.getOrDefault(source, Map.of()));
        return (Map<K, Optional<V>>) (Map<?, ?>) keys;
    }

    /**
     * Has an action run before anything becomes visible: the durable half of a write. What it
     * throws cancels the commit.
     *
     * @param storeName the store it writes to; a commit that touches two is refused, since a crash
     *     between them could not be undone
     */
    public void persist(String storeName, Runnable action) {
        if (timeline.isBranch()) {
            throw new OrreryException.Unsupported("write to " + storeName, "a snapshot's commit");
        }
        if (store != null && !store.equals(storeName)) { // law C13
            throw new OrreryException.Unsupported(
                    "write to " + store + " and to " + storeName, "one commit");
        }
        store = storeName;
        if (persistence.isEmpty()) {
            persistence = new ArrayList<>();
        }
        persistence.add(action);
    }

    void runPersistence() {
        if (!persistence.isEmpty()) {
            List<Prepared<?, ?>> all = prepare();
            refuseFrozen(all);
            claim(all);
            prepared = all;
        }
        persistence.forEach(Runnable::run); // law C12
    }

    /** What is stored first cannot be refused afterwards, which a frozen source may have to. */
    private void refuseFrozen(List<Prepared<?, ?>> all) {
        for (Prepared<?, ?> write : all) {
            LocalRelation<?, ?> of = write.cell().relation;
            if (of.isFrozen()) {
                throw new OrreryException.Unsupported(
                        "write to " + store + " and to the frozen " + of.name(), "one commit");
            }
        }
    }

    /** Claims what the writes weigh at most: once they are stored they cannot be refused. */
    private void claim(List<Prepared<?, ?>> all) { // law C60
        Map<Budget<?, ?>, Long> most = new HashMap<>();
        for (Prepared<?, ?> write : all) {
            Budget<?, ?> budget = write.cell().relation.budget();
            if (budget != null && write.effective()) {
                most.merge(budget, write.weight(), Long::sum);
            }
        }
        claims = new HashMap<>();
        most.forEach((budget, bytes) -> {
            budget.claim(bytes);
            claims.put(budget, bytes);
        });
    }

    /** What this commit has claimed. */
    Map<Budget<?, ?>, Long> claims() {
        return claims;
    }

    /** Is told how a transaction ended. */
    @FunctionalInterface
    public interface End {
        /**
         * The transaction is over.
         *
         * @param committed true when all its writes are visible, false when none is
         */
        void ended(boolean committed);
    }

    /**
     * Has an action run when this transaction is over, however it ends: the place to let go of what
     * {@link #persist} took. It runs on the committing thread, outside the transaction and the
     * commit lock, and may commit; what it throws is logged.
     */
    public void whenEnded(End action) {
        if (ends.isEmpty()) {
            ends = new ArrayList<>();
        }
        ends.add(action);
    }

    void end(boolean committed) {
        claims.forEach(Budget::release);
        for (End action : ends) {
            try {
                action.ended(committed);
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.ERROR, cause + " could not end its transaction", e);
            }
        }
    }

    /** What {@link #prepare} gave before it was made durable, if that is still all; or anew. */
    List<Prepared<?, ?>> prepared() {
        List<Prepared<?, ?>> known = prepared;
        return known == null ? prepare() : known;
    }

    /**
     * The writes, each with the version it was compared with. Those that change nothing are among
     * them: they hold only as long as that version does.
     */
    List<Prepared<?, ?>> prepare() {
        if (relation == null || key == null) {
            return List.of();
        }
        Prepared<?, ?> first = prepareOne(relation, key, value);
        if (writes.isEmpty()) {
            return List.of(first);
        }
        List<Prepared<?, ?>> prepared = new ArrayList<>();
        prepared.add(first);
        prepareAll(relation, prepared); // together with the first, in the order of first writing
        writes.forEach((each, _) -> {
            if (!each.equals(relation)) {
                prepareAll(each, prepared);
            }
        });
        return prepared;
    }

    private void prepareAll(LocalRelation<?, ?> of, List<Prepared<?, ?>> prepared) {
        writes.getOrDefault(of, Map.of())
                .forEach((each, next) -> prepared.add(prepareOne(of, each, next)));
    }

    @SuppressWarnings("unchecked") // only put and remove write, with the relation's types
    private static <K, V> Prepared<K, V> prepareOne(
            LocalRelation<?, ?> of, Object key, Optional<?> value) {
        Cell<K, V> cell = ((LocalRelation<K, V>) of).cell((K) key);
        Version<V> current = cell.head();
        boolean effective = !current.value.equals(value);
        Budget<K, V> budget = effective ? cell.relation.budget() : null;
        long weight = budget == null ? 0 : budget.weigh((K) key, (Optional<V>) value);
        return new Prepared<>(cell, (Optional<V>) value, current, effective, weight);
    }

    /**
     * One write with the version it was compared with, whether it differs from that, and what it
     * weighs where that is limited.
     */
    record Prepared<K, V>(
            Cell<K, V> cell,
            Optional<V> value,
            Version<V> expected,
            boolean effective,
            long weight) {
        /** Refuses to change what is there in a source that is frozen. */
        void requireThawed() { // law C64
            if (effective && expected.value.isPresent() && cell.relation.isFrozen()) {
                throw new OrreryException.Unsupported(
                        "change or remove " + cell.key, "the frozen " + cell.relation.name());
            }
        }

        boolean stillHolds() {
            return cell.head() == expected && cell.relation.owns(cell);
        }
    }
}
