package dev.orrery.core;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongBiFunction;

/**
 * How many bytes the newest entries of a relation may take together. What is replaced or removed is
 * free again at once, though older versions stay as long as somebody is pinned to them.
 * Thread-safe.
 *
 * <p>A commit is measured under the commit lock, before it installs anything. One that writes to a
 * store first cannot be refused afterwards, so it claims beforehand what its entries weigh at most.
 */
final class Budget<K, V> { // law C60
    private final String name;
    private final long maximum;
    private final ToLongBiFunction<? super K, ? super V> weigher;

    private final Map<K, Long> weights = new HashMap<>();
    private long used;
    private long claimed;

    Budget(String name, long maximum, ToLongBiFunction<? super K, ? super V> weigher) {
        this.name = name;
        this.maximum = maximum;
        this.weigher = weigher;
    }

    /** What an entry weighs; user code, called holding nothing if it can be. */
    long weigh(K key, Optional<V> value) {
        return value.isEmpty() ? 0 : weigher.applyAsLong(key, value.get());
    }

    /** Sets bytes aside for a commit under way. */
    synchronized void claim(long bytes) {
        require(bytes, 0);
        claimed += bytes;
    }

    synchronized void release(long bytes) {
        claimed -= bytes;
    }

    /** An entry is the newest of its key now. */
    synchronized void take(K key, long weight) {
        Long before = weight == 0 ? weights.remove(key) : weights.put(key, weight);
        used += weight - (before == null ? 0 : before);
    }

    private synchronized long growth(K key, long weight) {
        return weight - weights.getOrDefault(key, 0L);
    }

    private synchronized void require(long growth, long own) {
        long asked = used + claimed - own + growth;
        if (growth > 0 && asked > maximum) {
            throw new OrreryException.LimitExceeded("bytes of " + name, maximum, asked);
        }
    }

    /**
     * Makes sure that the writes that change something keep within the budgets of their relations.
     *
     * @param claims what their commit has claimed, by budget
     */
    static void admit(List<Transaction.Prepared<?, ?>> writes, Map<Budget<?, ?>, Long> claims) {
        Map<Budget<?, ?>, Long> growth = Map.of();
        for (Transaction.Prepared<?, ?> write : writes) {
            if (write.effective() && write.cell().relation.budget() != null) {
                growth = growth.isEmpty() ? new HashMap<>() : growth;
                addGrowth(write, growth);
            }
        }
        growth.forEach((budget, bytes) -> budget.require(bytes, claims.getOrDefault(budget, 0L)));
    }

    private static <K, V> void addGrowth(
            Transaction.Prepared<K, V> write, Map<Budget<?, ?>, Long> growth) {
        Budget<K, V> budget = write.cell().relation.budget();
        if (budget != null) {
            growth.merge(budget, budget.growth(write.cell().key, write.weight()), Long::sum);
        }
    }
}
