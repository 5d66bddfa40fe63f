package dev.orrery.table;

import dev.orrery.core.Condition;
import dev.orrery.core.Key;
import dev.orrery.core.OrreryException.Closed;
import dev.orrery.core.Row;
import dev.orrery.table.spi.Mutation;
import dev.orrery.table.spi.Settlement;
import dev.orrery.table.spi.TableDriver;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A table whose rows live in this process, for tests and for small facts of one's own.
 *
 * <p>It can do everything, unless told otherwise by {@link #without}. Thread-safe.
 */
public final class MemoryTable {
    private final Rows rows;

    private MemoryTable(Rows rows) {
        this.rows = rows;
    }

    /** A table without rows. */
    public static MemoryTable of(String name, Schema schema) {
        return new MemoryTable(new Rows(name, schema, EnumSet.allOf(Capability.class)));
    }

    /** A table without rows whose driver lacks some capabilities, as others do. */
    public MemoryTable without(Capability... lacking) {
        Set<Capability> left = EnumSet.copyOf(rows.capabilities);
        left.removeAll(List.of(lacking));
        return new MemoryTable(new Rows(rows.name, rows.schema, left));
    }

    /** The table. */
    public Table table() {
        return Table.over(rows);
    }

    /** The driver; its state is guarded by its own lock. */
    private static final class Rows implements TableDriver {
        private final String name;
        private final Schema schema;
        private final Set<Capability> capabilities;
        private final Map<Key, Row> byKey = new LinkedHashMap<>();
        private long changes;
        private boolean closed;

        private Rows(String name, Schema schema, Set<Capability> capabilities) {
            this.name = name;
            this.schema = schema;
            this.capabilities = capabilities;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public Schema schema() {
            return schema;
        }

        @Override
        public Set<Capability> capabilities() {
            return Set.copyOf(capabilities);
        }

        @Override
        public Condition pushable(Condition condition) {
            return condition;
        }

        @Override
        public synchronized List<Row> list(Condition pushed) {
            requireOpen();
            return byKey.values().stream().filter(pushed::holds).toList();
        }

        @Override
        public synchronized Optional<Row> find(Key id) {
            requireOpen();
            return Optional.ofNullable(byKey.get(id));
        }

        @Override
        public synchronized long count() {
            requireOpen();
            return byKey.size();
        }

        @Override
        public synchronized Settlement apply(Mutation mutation, Condition within) {
            Optional<Row> current = find(mutation.key());
            if (!(mutation instanceof Mutation.Insert)) {
                current = current.filter(within::holds);
            }
            return switch (mutation.standing(current)) {
                case DONE -> new Settlement.Confirmed(current);
                case OVERTAKEN -> new Settlement.Overtaken(current);
                case DUE -> {
                    Optional<Row> next = mutation.applyTo(current).map(schema::complete);
                    put(mutation.key(), next);
                    yield new Settlement.Confirmed(next);
                }
            };
        }

        private void put(Key key, Optional<Row> row) {
            changes++;
            row.ifPresentOrElse(present -> byKey.put(key, present), () -> byKey.remove(key));
        }

        @Override
        public synchronized long deleteAll(Condition within) {
            List<Row> matching = list(within);
            matching.forEach(row -> put(schema.keyOf(row), Optional.empty()));
            return matching.size();
        }

        @Override
        public synchronized Object mark() {
            requireOpen();
            return changes;
        }

        @Override
        public synchronized void close() {
            closed = true;
        }

        private void requireOpen() {
            if (closed) {
                throw new Closed("table " + name);
            }
        }
    }
}
