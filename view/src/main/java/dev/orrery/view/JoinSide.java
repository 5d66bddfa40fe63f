package dev.orrery.view;

import dev.orrery.core.Change;
import dev.orrery.core.ChangeSet;
import dev.orrery.core.Commit;
import dev.orrery.core.Condition;
import dev.orrery.core.Key;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.Row;
import dev.orrery.core.Versioned;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The joined relation as a view sees it: found by key from the first relation, and the way back, an
 * index from each of its keys to the keys of the rows that join it. Used by one thread at a time.
 *
 * @param <K> the keys of the first relation
 * @param <J> the keys of the joined one
 * @param <W> the values of the joined one
 */
final class JoinSide<K, J, W> {
    private final Versioned<J, W> relation;
    private final String column;
    private final boolean required;
    private final Map<Object, Set<K>> joining = new HashMap<>();

    private JoinSide(Versioned<J, W> relation, Select.Join join) {
        this.relation = relation;
        this.column = join.column();
        this.required = join.isRequired();
    }

    static <K> JoinSide<K, ?, ?> of(Select.Join join) {
        return of(join.relation(), join);
    }

    private static <K, J, W> JoinSide<K, J, W> of(Versioned<J, W> relation, Select.Join join) {
        return new JoinSide<>(relation, join);
    }

    /** True when a row without a partner is left out. */
    boolean isRequired() {
        return required;
    }

    // the way there

    /** The partner of a row as of a revision. */
    Optional<Row> partner(Row row, long revision) {
        return partner(row, null, revision, false);
    }

    /** The partner of a row before a commit. */
    Optional<Row> partnerBefore(Row row, Commit commit) {
        return partner(row, changes(commit), commit.revision().number(), true);
    }

    /** The partner of a row after a commit. */
    Optional<Row> partnerAfter(Row row, Commit commit) {
        return partner(row, null, commit.revision().number(), false);
    }

    @Nullable ChangeSet<J, W> changes(Commit commit) {
        return commit.changesOf(relation).orElse(null);
    }

    private Optional<Row> partner(
            Row row, @Nullable ChangeSet<J, W> changes, long revision, boolean before) {
        Object on = row.value(column);
        if (on == null) {
            return Optional.empty();
        }
        Optional<Row> partner = partnerOf(plain(on), changes, revision, before);
        return partner.isPresent()
                ? partner
                : key(on).flatMap(key -> partnerOf(plain(key), changes, revision, before));
    }

    private Optional<Row> partnerOf(
            J key, @Nullable ChangeSet<J, W> changes, long revision, boolean before) {
        Optional<Change<J, W>> change = changes == null ? Optional.empty() : changes.of(key);
        Optional<W> value =
                change.isPresent() && before
                        ? change.get().before()
                        : relation.findAt(key, revision);
        return value.map(present -> relation.toRow(key, present));
    }

    @SuppressWarnings("unchecked") // a key of another class is found nowhere, which is the answer
    private J plain(Object key) {
        return (J) key;
    }

    private static Optional<Key> key(Object value) {
        try {
            return Optional.of(Key.of(value));
        } catch (Invalid never) {
            return Optional.empty(); // what cannot be a key is nobody's key
        }
    }

    // the way back

    /** The keys of the rows that join a key of this side. */
    Set<K> joining(Object key) {
        Object plain = key instanceof Key several && several.size() == 1 ? several.part(0) : key;
        Object indexed = Condition.indexed(plain);
        return indexed == null ? Set.of() : joining.getOrDefault(indexed, Set.of());
    }

    /** Notes that a row of the first relation is there. */
    void enter(K key, Row row) {
        Object on = Condition.indexed(row.value(column));
        if (on != null) {
            joining.merge(on, Set.of(key), JoinSide::both);
        }
    }

    private static <K> Set<K> both(Set<K> known, Set<K> added) {
        Set<K> both = known instanceof LinkedHashSet<K> ? known : new LinkedHashSet<>(known);
        both.addAll(added);
        return both;
    }

    /** Notes that a row of the first relation is gone. */
    void leave(K key, Row row) {
        Object on = Condition.indexed(row.value(column));
        if (on != null) {
            joining.computeIfPresent(on, (_, keys) -> without(keys, key));
        }
    }

    private static <K> @Nullable Set<K> without(Set<K> keys, K key) {
        if (keys.size() == 1) {
            return null;
        }
        keys.remove(key);
        return keys;
    }
}
