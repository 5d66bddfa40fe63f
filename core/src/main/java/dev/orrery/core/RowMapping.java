package dev.orrery.core;

import java.util.Map;

/**
 * Rows: maps. Rows read one after another share their shape while their columns stay the same.
 *
 * <p>Made anew for each codec and component, so that rows of different tables do not spoil each
 * other's guess. Thread-safe.
 */
final class RowMapping extends Mapping {
    /** The shape of the last row read: a guess at the next one's, which any thread may replace. */
    private Shape expected = Shape.of();

    @Override
    ValueType valueType() {
        return ValueType.MAP;
    }

    @Override
    Object toValue(Object instance) {
        return ((Row) instance).toMap();
    }

    @Override
    Object fromValue(Object value) {
        if (!(value instanceof Map<?, ?> map)) {
            throw new Misfit("must be map", value);
        }
        return Row.trusted(map);
    }

    @Override
    void write(Object instance, CborWriter out) {
        out.row((Row) instance);
    }

    @Override
    Object read(CborReader in) {
        if (!in.isAtMap()) {
            throw new Misfit("must be map", in.value());
        }
        var row = in.row(expected);
        expected = row.shape();
        return row;
    }
}
