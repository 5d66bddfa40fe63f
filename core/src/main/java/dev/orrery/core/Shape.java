package dev.orrery.core;

import dev.orrery.core.OrreryException.Invalid;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The column names that rows share, in order.
 *
 * <p>Rows made one from another by {@link Row#with} share their shape, so a name is looked up the
 * same way in all of them. Equal when the names and their order are. Immutable.
 */
public final class Shape {
    /** The most columns a shape can have; it bounds what names chosen to collide can cost. */
    private static final int MAX_COLUMNS = 4_096;

    private static final int SCANNED = 8;
    private static final int[] NO_TABLE = {};
    private static final Shape EMPTY = new Shape(new String[0]);

    private final String[] columns;

    /**
     * Open addressing, one more than the column's index, 0 for free; empty when scanning is faster.
     */
    private final int[] table;

    // Made when first needed; two threads may both make them, and make the same.
    private @Nullable List<String> columnList;
    private @Nullable StoredNames stored;

    /** The array is taken over. */
    private Shape(String[] columns) {
        if (columns.length > MAX_COLUMNS) {
            throw new Invalid(
                    "", "must not have more than " + MAX_COLUMNS + " columns", columns.length);
        }
        this.columns = columns;
        this.table = columns.length <= SCANNED ? scanned(columns) : hashed(columns);
    }

    /**
     * The shape with these columns.
     *
     * @throws Invalid when a name comes twice, or there are more than 4,096
     */
    public static Shape of(String... columns) {
        return taking(columns.clone());
    }

    /**
     * The shape with these columns.
     *
     * @throws Invalid when a name comes twice, or there are more than 4,096
     */
    public static Shape of(List<String> columns) {
        return taking(columns.toArray(String[]::new));
    }

    /** The shape with these columns; the array is taken over. */
    static Shape taking(String[] columns) {
        return columns.length == 0 ? EMPTY : new Shape(columns);
    }

    /**
     * The shape of the rows a record class maps to: its components, by {@link Name} where they have
     * one.
     */
    public static Shape of(Class<? extends Record> type) {
        return Mapping.ofRecord(type).shape();
    }

    /**
     * The columns that an instance of a type fills in a row: the components of a record, or one
     * column. Empty where instances may be of different classes.
     *
     * @param column the one column of what is no record
     */
    public static Optional<Shape> ofInstances(Type<?> type, String column) {
        Class<?> raw = type.raw();
        if (raw.isRecord()) {
            return type.arguments().isEmpty()
                    ? Optional.of(of(raw.asSubclass(Record.class)))
                    : Optional.empty();
        }
        return raw.isEnum() || raw.isArray() || Modifier.isFinal(raw.getModifiers())
                ? Optional.of(of(column))
                : Optional.empty();
    }

    /** The names in order. */
    public List<String> columns() {
        List<String> known = columnList;
        if (known == null) {
            known = List.of(columns);
            columnList = known;
        }
        return known;
    }

    /** How many columns there are. */
    public int size() {
        return columns.length;
    }

    /** True when a column of that name is among them. */
    public boolean has(String column) {
        return indexOf(column) >= 0;
    }

    /**
     * Refuses a name that no column has.
     *
     * @param of what the columns are of
     * @throws Invalid when there is no such column; it names those there are
     */
    public void require(String column, String of) {
        if (!has(column)) {
            throw new Invalid("column of " + of, "is one of " + String.join(", ", columns), column);
        }
    }

    /** The place of a column, or -1. */
    public int indexOf(String column) {
        return table.length == 0 ? scan(column) : probe(column);
    }

    String column(int index) {
        return columns[index];
    }

    /** The columns as they are stored. */
    StoredNames stored() {
        var known = stored;
        if (known == null) {
            known = new StoredNames(this);
            stored = known;
        }
        return known;
    }

    /** This shape with one more column, not yet in it, at the end. */
    Shape plus(String column) {
        var more = new String[columns.length + 1];
        System.arraycopy(columns, 0, more, 0, columns.length);
        more[columns.length] = column;
        return new Shape(more);
    }

    private int scan(String column) {
        for (var i = 0; i < columns.length; i++) {
            if (columns[i].equals(column)) {
                return i;
            }
        }
        return -1;
    }

    private int probe(String column) {
        for (var slot = spread(column) & (table.length - 1);
                ;
                slot = (slot + 1) & (table.length - 1)) {
            var index = table[slot] - 1;
            if (index < 0 || columns[index].equals(column)) {
                return index;
            }
        }
    }

    /** The table where there need be none. */
    private static int[] scanned(String[] columns) {
        for (var i = 0; i < columns.length; i++) {
            Objects.requireNonNull(columns[i], "a column's name");
            for (var before = 0; before < i; before++) {
                expectOther(columns[before], columns[i]);
            }
        }
        return NO_TABLE;
    }

    /** At most half full, so a probe ends. */
    private static int[] hashed(String[] columns) {
        var table = new int[Integer.highestOneBit(columns.length * 2 - 1) << 1];
        for (var i = 0; i < columns.length; i++) {
            var slot = spread(columns[i]) & (table.length - 1);
            while (table[slot] != 0) {
                expectOther(columns[table[slot] - 1], columns[i]);
                slot = (slot + 1) & (table.length - 1);
            }
            table[slot] = i + 1;
        }
        return table;
    }

    private static void expectOther(String before, String column) {
        if (before.equals(column)) {
            throw new Invalid(column, "must not come twice among the columns", column);
        }
    }

    private static int spread(String column) {
        var hash = column.hashCode();
        return hash ^ (hash >>> 16);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other == this
                || (other instanceof Shape shape && Arrays.equals(columns, shape.columns));
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(columns);
    }

    /** The names in parentheses. */
    @Override
    public String toString() {
        return "(" + String.join(", ", columns) + ")";
    }
}
