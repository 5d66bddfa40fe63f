package dev.orrery.core;

import java.util.ArrayList;
import java.util.Map;
import org.jspecify.annotations.Nullable;

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
        var count = in.tryBeginMap();
        if (count < 0) {
            throw new Misfit("must be map", in.value());
        }
        var shape = expected;
        if (count != shape.size()) {
            return readOther(in, count, shape, 0, new @Nullable Object[0]);
        }
        var stored = shape.stored();
        var values = new @Nullable Object[count];
        for (var i = 0; i < count; i++) {
            if (!in.tryRaw(stored.name(i))) {
                return readOther(in, count, shape, i, values);
            }
            values[stored.place(i)] = in.value();
        }
        in.end();
        return new Row(shape, values);
    }

    /**
     * Reads on where the row is found to have another shape; so many values were read in the
     * expected one's order.
     */
    private Row readOther(
            CborReader in, int count, Shape guessed, int read, @Nullable Object[] soFar) {
        var names = new ArrayList<String>();
        var values = new ArrayList<@Nullable Object>();
        byte @Nullable [] previous = null;
        for (var i = 0; i < read; i++) {
            var place = guessed.stored().place(i);
            names.add(guessed.column(place));
            values.add(soFar[place]);
            previous = guessed.stored().name(i);
        }
        for (var i = read; i < count; i++) {
            var name = in.text();
            var storedName = Cbor.textBytes(name);
            in.expectOrder(previous, storedName);
            previous = storedName;
            names.add(name);
            values.add(in.value());
        }
        in.end();
        var found = Shape.of(names);
        expected = found;
        return new Row(found, values.toArray());
    }
}
