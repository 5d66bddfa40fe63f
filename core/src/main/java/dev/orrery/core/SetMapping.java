package dev.orrery.core;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Sets: lists in the order of their values, so that equal sets have equal bytes. Immutable. */
final class SetMapping extends ListMapping {
    SetMapping(Mapping element) {
        super(element);
    }

    @Override
    Object toValue(Object instance) {
        var values = new ArrayList<@Nullable Object>((List<?>) super.toValue(instance));
        values.sort(Values::compare);
        return Collections.unmodifiableList(values);
    }

    @Override
    void write(Object instance, CborWriter out) {
        out.value(toValue(instance));
    }

    @Override
    Object finished(List<@Nullable Object> elements) {
        return Collections.unmodifiableSet(new LinkedHashSet<@Nullable Object>(elements));
    }
}
