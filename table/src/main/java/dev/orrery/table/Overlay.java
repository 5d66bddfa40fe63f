package dev.orrery.table;

import dev.orrery.core.Key;
import dev.orrery.core.Row;
import dev.orrery.table.spi.Mutation;
import dev.orrery.table.spi.Settlement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a live table as two layers: the base, which is what the source last told, and the
 * pending mutations in order; what is visible is the one folded over the other.
 *
 * <p>Pure data: knows no source, no storage and no thread. Confined: its owner guards it.
 */
final class Overlay {
    /*
     * Expectations. A mutation expects of the columns it writes the values its author saw. What its
     * author saw may come from an earlier mutation of the same key that is still pending. When that
     * one is settled, the expectation is taken to what is true then: the source's answer if it was
     * confirmed, what the earlier one itself expected if it was dropped. So a refusal undoes one
     * mutation and does not make the next one look overtaken, while a change by somebody else,
     * which nobody here has seen, still does.
     */

    /** One mutation that waits for the source. Confined with its overlay. */
    static final class Pending {
        /** Where the outbox holds it; 0 while it is only proposed. */
        final long position;

        /** When it may be sent again; only after a failure that says nothing about the source. */
        Instant notBefore = Instant.MIN;

        /** How often it was sent without an answer. */
        int attempts;

        private Mutation mutation;

        Pending(Mutation mutation, long position) {
            this.mutation = mutation;
            this.position = position;
        }

        Mutation mutation() {
            return mutation;
        }

        String id() {
            return mutation.id();
        }

        Key key() {
            return mutation.key();
        }
    }

    private final UnaryOperator<Row> complete;
    private final Map<Key, Row> base = new HashMap<>();
    private final Map<Key, List<Pending>> lanes = new HashMap<>();
    private final Map<String, Pending> pending = new LinkedHashMap<>();

    /** An empty overlay; {@code complete} fills in the columns an insert leaves out. */
    Overlay(UnaryOperator<Row> complete) {
        this.complete = complete;
    }

    /** What the source last told of a row. */
    Optional<Row> base(Key key) {
        return Optional.ofNullable(base.get(key));
    }

    /** The rows the source last told of. */
    Map<Key, Row> base() {
        return base;
    }

    /** Takes what the source tells of a row; the only way the base changes. */
    void learn(Key key, Optional<Row> row) { // law T4
        row.ifPresentOrElse(present -> base.put(key, present), () -> base.remove(key));
    }

    /** The row as it is shown. */
    Optional<Row> visible(Key key) { // law T1
        return fold(base(key), lane(key));
    }

    /** The row as it would be shown with more mutations. */
    Optional<Row> visible(Key key, List<Pending> proposed) {
        return fold(visible(key), proposed);
    }

    private Optional<Row> fold(Optional<Row> from, List<Pending> mutations) {
        Optional<Row> row = from;
        for (Pending each : mutations) {
            row = each.mutation.applyTo(row).map(complete);
        }
        return row;
    }

    /** The keys of all rows that are, or may be, shown. */
    Set<Key> keys() {
        Set<Key> keys = new HashSet<>(base.keySet());
        keys.addAll(lanes.keySet());
        return keys;
    }

    /** The mutations of a key that wait, in order. */
    List<Pending> lane(Key key) {
        return lanes.getOrDefault(key, List.of());
    }

    /** All mutations that wait, in the order of their acceptance. */
    Collection<Pending> pending() {
        return pending.values();
    }

    @Nullable Pending pending(String id) {
        return pending.get(id);
    }

    /** Puts a mutation behind all others. */
    void accept(Pending accepted) {
        pending.put(accepted.id(), accepted);
        lanes.computeIfAbsent(accepted.key(), _ -> new ArrayList<>()).add(accepted);
    }

    /**
     * Takes a settled or withdrawn mutation out, and that one alone; later ones of its key expect
     * from then on what its end makes true.
     *
     * @param confirmed the source's answer, null when the mutation was dropped
     * @param proposals for each commit under way, what it proposes for this key, in order
     */
    void remove( // law T5
            Pending settled,
            Settlement.@Nullable Confirmed confirmed,
            List<List<Pending>> proposals) {
        pending.remove(settled.id());
        List<Pending> lane = Objects.requireNonNull(lanes.get(settled.key()));
        int index = lane.indexOf(settled);
        List<Pending> later = new ArrayList<>(lane.subList(index + 1, lane.size()));
        lane.remove(index);
        if (lane.isEmpty()) {
            lanes.remove(settled.key());
        }
        Row truth = truthAfter(settled.mutation, confirmed);
        rebase(later, truth);
        for (List<Pending> proposed : proposals) {
            List<Pending> behind = new ArrayList<>(later);
            behind.addAll(proposed);
            rebase(behind, truth);
        }
    }

    private static Row truthAfter(Mutation settled, Settlement.@Nullable Confirmed confirmed) {
        if (confirmed == null) {
            return expected(settled);
        }
        Row answer = confirmed.row().orElse(Row.of());
        if (settled instanceof Mutation.Patch patch) {
            Row truth = Row.of();
            for (String column : patch.fields().columns()) {
                truth = truth.with(column, answer.value(column));
            }
            return truth;
        }
        return answer;
    }

    private static Row expected(Mutation mutation) {
        return switch (mutation) {
            case Mutation.Insert _ -> Row.of();
            case Mutation.Patch patch -> patch.expected();
            case Mutation.Delete delete -> delete.expected();
        };
    }

    private static void rebase(List<Pending> later, Row truth) {
        Row known = truth;
        for (Pending each : later) {
            switch (each.mutation) {
                case Mutation.Insert _ -> {
                    return; // whatever comes behind it stands on its row
                }
                case Mutation.Delete(var id, var key, var expected) -> {
                    each.mutation = new Mutation.Delete(id, key, overwritten(expected, known));
                    return;
                }
                case Mutation.Patch(var id, var key, var fields, var expected) -> {
                    each.mutation =
                            new Mutation.Patch(id, key, fields, overwritten(expected, known));
                    for (String column : fields.columns()) {
                        known = known.without(column);
                    }
                }
            }
        }
    }

    private static Row overwritten(Row expected, Row known) {
        Row result = expected;
        for (String column : expected.columns()) {
            if (known.has(column)) {
                result = result.with(column, known.value(column));
            }
        }
        return result;
    }
}
