package dev.orrery.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One commit while it is being put together, under the commit lock. */
final class Building implements CommitHook.Derivation {
    final Revision revision;
    final Commit commit;
    private final List<ChangeSet<?, ?>> sets = new ArrayList<>(1);

    Building(Revision revision, Transaction transaction, int writes) {
        this.revision = revision;
        this.commit = new Commit(revision, transaction.cause, transaction.origins(), sets, writes);
    }

    @Override
    public <K, V> void put(LocalRelation<K, V> relation, K key, V value) {
        derive(relation, key, Optional.of(value));
    }

    @Override
    public <K, V> void remove(LocalRelation<K, V> relation, K key) {
        derive(relation, key, Optional.empty());
    }

    private <K, V> void derive(LocalRelation<K, V> relation, K key, Optional<V> value) {
        Cell<K, V> cell = relation.cell(key);
        Version<V> current = cell.head();
        if (current.from == revision.number()) {
            throw new IllegalStateException(
                    "law C1: " + relation.name() + " derives " + key + " twice in " + revision);
        }
        if (!current.value.equals(value)) {
            install(new Transaction.Prepared<>(cell, value, current, true, 0));
        }
    }

    <K, V> void install(Transaction.Prepared<K, V> write) {
        Cell<K, V> cell = write.cell();
        cell.install(write.value(), revision.number());
        Budget<K, V> budget = cell.relation.budget();
        if (budget != null) {
            budget.take(cell.key, write.weight());
        }
        cell.relation.touch(revision.number());
        commit.touched.add(cell);
        changesOf(cell.relation).add(change(cell.key, write.expected().value, write.value()));
        for (Subset<K, V> subset : cell.relation.subsets()) {
            installSubset(subset, cell.key, write.value());
        }
    }

    private <K, V> void installSubset(Subset<K, V> subset, K key, Optional<V> value) { // law C61
        Optional<V> here = subset.of(value);
        Cell<K, V> known = subset.existing(key);
        if (known == null && here.isEmpty()) {
            return;
        }
        Cell<K, V> cell = known == null ? subset.cell(key) : known;
        Version<V> current = cell.head();
        if (!current.value.equals(here)) {
            install(new Transaction.Prepared<>(cell, here, current, true, 0));
        }
    }

    /** The change set of a relation, which is mostly that of the write before. */
    @SuppressWarnings("unchecked") // sets are made here only, with the relation's types
    private <K, V> ChangeSet<K, V> changesOf(LocalRelation<K, V> relation) {
        for (int i = sets.size() - 1; i >= 0; i--) {
            if (sets.get(i).isOf(relation)) {
                return (ChangeSet<K, V>) sets.get(i);
            }
        }
        ChangeSet<K, V> made = new ChangeSet<>(relation, revision);
        sets.add(made);
        return made;
    }

    private static <K, V> Change<K, V> change(K key, Optional<V> before, Optional<V> after) {
        if (before.isEmpty()) {
            return new Change.Inserted<>(key, after.orElseThrow());
        }
        return after.isEmpty()
                ? new Change.Deleted<>(key, before.get())
                : new Change.Updated<>(key, before.get(), after.get());
    }
}
