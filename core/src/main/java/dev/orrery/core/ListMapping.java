package dev.orrery.core;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Lists, element by element. Immutable. */
class ListMapping extends Mapping {
    /** A list begins no larger than this and grows with what is really there. */
    private static final int FIRST_CAPACITY = 16;

    private final Mapping element;

    ListMapping(Mapping element) {
        this.element = element;
    }

    @Override
    final ValueType valueType() {
        return ValueType.LIST;
    }

    @Override
    Object toValue(Object instance) {
        var elements = (Collection<?>) instance;
        var values = new ArrayList<@Nullable Object>(elements.size());
        for (var each : elements) {
            values.add(element.toValueOrNull(each));
        }
        return Collections.unmodifiableList(values);
    }

    @Override
    final Object fromValue(Object value) {
        if (!(value instanceof List<?> values)) {
            throw new Misfit("must be list", value);
        }
        var elements = new ArrayList<@Nullable Object>(values.size());
        for (var each : values) {
            try {
                elements.add(element.fromValueOrNull(each));
            } catch (Misfit misfit) {
                throw misfit.under("[" + elements.size() + "]");
            }
        }
        return finished(elements);
    }

    @Override
    void write(Object instance, CborWriter out) {
        var elements = (Collection<?>) instance;
        out.beginList(elements.size());
        for (var each : elements) {
            element.writeOrNull(each, out);
        }
        out.end();
    }

    @Override
    final Object read(CborReader in) {
        var count = in.tryBeginList();
        if (count < 0) {
            throw new Misfit("must be list", in.value());
        }
        var elements = new ArrayList<@Nullable Object>(Math.min(count, FIRST_CAPACITY));
        while (elements.size() < count) {
            try {
                elements.add(element.readOrNull(in));
            } catch (Misfit misfit) {
                throw misfit.under("[" + elements.size() + "]");
            }
        }
        in.end();
        return finished(elements);
    }

    /** The collection of elements that are the mapping's own. */
    Object finished(List<@Nullable Object> elements) {
        return Collections.unmodifiableList(elements);
    }

    @Override
    Object ofAbsent() {
        return finished(new ArrayList<>());
    }

    @Override
    final void check(Set<Mapping> seen) {
        element.check(seen);
    }
}
