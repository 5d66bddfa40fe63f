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
    private final Map<LocalRelation<?, ?>, Map<Object, Optional<?>>> writes = new LinkedHashMap<>();
    private final Map<Budget<?, ?>, Long> claims = new HashMap<>();
    private @Nullable String store;
    private final List<Runnable> persistence = new ArrayList<>();
    private final List<End> ends = new ArrayList<>();
    private final List<Commit.Origin> origins = new ArrayList<>();

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

    private void write(LocalRelation<?, ?> relation, Object key, Optional<?> value) {
        if (relation instanceof Subset<?, ?>) {
            throw new OrreryException.Unsupported(
                    "change " + relation.name(), "a commit; its whole is written to");
        }
        writes.computeIfAbsent(timeline.writable(relation), _ -> new LinkedHashMap<>())
                .put(key, value);
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
    <K, V> Optional<V> find(LocalRelation<K, V> relation, K key) {
        LocalRelation<K, V> own = own(relation);
        Map<K, Optional<V>> written = written(own);
        return written.containsKey(key)
                ? written.getOrDefault(key, Optional.empty())
                : own.newest(key);
    }

    /** Says what facts the commit is made of, for those who record commits. */
    public void origin(Commit.Origin origin) {
        origins.add(origin);
    }

    List<Commit.Origin> origins() {
        return List.copyOf(origins);
    }

    /** Everything this transaction wrote to a relation so far. */
    @SuppressWarnings("unchecked") // only put and remove write, with the relation's types
    <K, V> Map<K, Optional<V>> written(LocalRelation<K, V> relation) {
        if (relation instanceof Subset<K, V> subset) {
            return subset.written(written(subset.whole()));
        }
        Map<?, ?> keys = writes.getOrDefault(relation, Map.of());
        return (Map<K, Optional<V>>) keys;
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
        if (store != null && !store.equals(storeName)) {
            throw new OrreryException.Unsupported(
                    "write to " + store + " and to " + storeName, "one commit");
        }
        store = storeName;
        persistence.add(action);
    }

    void runPersistence() {
        if (!persistence.isEmpty()) {
            claim();
        }
        persistence.forEach(Runnable::run);
    }

    /** Claims what the writes weigh at most: once they are stored they cannot be refused. */
    private void claim() { // law C60
        Map<Budget<?, ?>, Long> most = new HashMap<>();
        for (Prepared<?, ?> write : prepare()) {
            Budget<?, ?> budget = write.cell().relation.budget();
            if (budget != null && write.effective()) {
                most.merge(budget, write.weight(), Long::sum);
            }
        }
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

    /**
     * The writes, each with the version it was compared with. Those that change nothing are among
     * them: they hold only as long as that version does.
     */
    List<Prepared<?, ?>> prepare() {
        List<Prepared<?, ?>> prepared = new ArrayList<>();
        writes.forEach((relation, keys) ->
                keys.forEach((key, value) -> prepareOne(relation, key, value, prepared)));
        return prepared;
    }

    @SuppressWarnings("unchecked") // only put and remove write, with the relation's types
    private static <K, V> void prepareOne(
            LocalRelation<?, ?> relation,
            Object key,
            Optional<?> value,
            List<Prepared<?, ?>> prepared) {
        Cell<K, V> cell = ((LocalRelation<K, V>) relation).cell((K) key);
        Version<V> current = cell.head();
        boolean effective = !current.value.equals(value);
        Budget<K, V> budget = effective ? cell.relation.budget() : null;
        long weight = budget == null ? 0 : budget.weigh((K) key, (Optional<V>) value);
        prepared.add(new Prepared<>(cell, (Optional<V>) value, current, effective, weight));
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
        boolean stillHolds() {
            return cell.head() == expected && cell.relation.owns(cell);
        }
    }
}
