package dev.orrery.view;

import dev.orrery.core.Change;
import dev.orrery.core.ChangeSet;
import dev.orrery.core.Commit;
import dev.orrery.core.Condition;
import dev.orrery.core.OrreryException.UserFailure;
import dev.orrery.core.Row;
import dev.orrery.core.Versioned;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Puts the rows of a select together out of its relations, all of them once and then, commit by
 * commit, those that changed. Used by one thread at a time.
 *
 * <p>A change of the first relation finds its partner by key; a change of the joined one finds the
 * rows it concerns by an index. Nothing else is looked at. What was there before a commit is told
 * by the commit itself, so that no row is kept here. // laws V1, V3
 */
final class Assembler<K, V> {
    private final Versioned<K, V> first;
    private final @Nullable JoinSide<K, ?, ?> join;
    private final List<Select.Derived> derived;
    private final Condition where;
    private final String name;
    private final Visits visits;
    private final RowMerger merger = new RowMerger();

    /** Takes rows as they are found. */
    @FunctionalInterface
    interface Found {
        void accept(Object key, Row row);
    }

    /** Takes the rows of a key before and after a commit; null where it has none in the select. */
    @FunctionalInterface
    interface Differing {
        void accept(Object key, @Nullable Row before, @Nullable Row after);
    }

    private Assembler(Versioned<K, V> first, Select select, Visits visits) {
        this.first = first;
        this.join = select.join() == null ? null : JoinSide.of(select.join());
        this.derived = select.derived();
        this.where = select.where();
        this.name = select.toString();
        this.visits = visits;
    }

    static Assembler<?, ?> of(Select select, Visits visits) {
        return of(select.from(), select, visits);
    }

    private static <K, V> Assembler<K, V> of(Versioned<K, V> first, Select select, Visits visits) {
        return new Assembler<>(first, select, visits);
    }

    /** Finds every row as of a revision, and remembers what joins what. */
    void findAll(long revision, Found found) {
        for (Map.Entry<K, V> entry : first.selectAt(Condition.all(), revision)) {
            K key = entry.getKey();
            guarded(key, () -> find(key, entry.getValue(), revision, found));
        }
    }

    private void find(K key, V value, long revision, Found found) {
        Row own = first.toRow(key, value);
        if (join != null) {
            join.enter(key, own);
        }
        Row row = matching(own, join == null ? Optional.empty() : join.partner(own, revision));
        if (row != null) {
            found.accept(key, row);
        }
    }

    /** Whether a commit changed one of the relations. */
    boolean isConcernedBy(Commit commit) {
        return commit.changesOf(first).isPresent()
                || (join != null && join.changes(commit) != null);
    }

    /** Finds the keys whose rows a commit may have changed, and their rows before and after. */
    void follow(Commit commit, Differing differing) {
        ChangeSet<K, V> own = commit.changesOf(first).orElse(null);
        if (own != null) {
            for (Change<K, V> change : own) {
                guarded(change.key(), () -> followOwn(change, commit, differing));
            }
        }
        ChangeSet<?, ?> joined = join == null ? null : join.changes(commit);
        if (joined != null) {
            for (Change<?, ?> change : joined) {
                followJoined(change.key(), own, commit, differing);
            }
        }
    }

    private void followOwn(Change<K, V> change, Commit commit, Differing differing) {
        visits.one();
        K key = change.key();
        Row before = change.before().map(value -> first.toRow(key, value)).orElse(null);
        Row after = change.after().map(value -> first.toRow(key, value)).orElse(null);
        if (join == null) {
            differing.accept(
                    key, matching(before, Optional.empty()), matching(after, Optional.empty()));
            return;
        }
        if (before != null) {
            join.leave(key, before);
        }
        if (after != null) {
            join.enter(key, after);
        }
        differing.accept(key, whole(before, true, commit), whole(after, false, commit));
    }

    private void followJoined(
            @Nullable Object joinedKey,
            @Nullable ChangeSet<K, V> own,
            Commit commit,
            Differing differing) {
        for (K key : Objects.requireNonNull(join).joining(Objects.requireNonNull(joinedKey))) {
            if (own == null || own.of(key).isEmpty()) { // else both changes were seen together
                guarded(key, () -> followPartner(key, commit, differing));
            }
        }
    }

    private void followPartner(K key, Commit commit, Differing differing) {
        visits.one();
        V value = first.findAt(key, commit.revision().number()).orElseThrow();
        Row own = first.toRow(key, value);
        differing.accept(key, whole(own, true, commit), whole(own, false, commit));
    }

    private @Nullable Row whole(@Nullable Row own, boolean before, Commit commit) {
        if (own == null || join == null) {
            return null;
        }
        return matching(
                own, before ? join.partnerBefore(own, commit) : join.partnerAfter(own, commit));
    }

    /** The row with its partner's columns if the select has it. */
    private @Nullable Row matching(@Nullable Row own, Optional<Row> partner) {
        if (own == null || (join != null && join.isRequired() && partner.isEmpty())) {
            return null;
        }
        Row row = partner.isEmpty() ? own : merger.merge(own, partner.get());
        for (Select.Derived column : derived) {
            row = row.with(column.name(), column.function().apply(row));
        }
        return where.holds(row) ? row : null;
    }

    /** A user's function that throws is named with the key it was called for. */
    private void guarded(K key, Runnable work) {
        try {
            work.run();
        } catch (UserFailure named) {
            throw named;
        } catch (RuntimeException | StackOverflowError thrown) {
            throw new UserFailure(name, Objects.requireNonNull(key), thrown);
        }
    }
}
