package dev.orrery.core;

import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code Optional}: its value, or null. Immutable. */
final class OptionalMapping extends Mapping {
    private final Mapping element;

    OptionalMapping(Mapping element) {
        this.element = element;
    }

    @Override
    ValueType valueType() {
        return element.valueType();
    }

    @Override
    @Nullable Object toValue(Object instance) {
        return element.toValueOrNull(((Optional<?>) instance).orElse(null));
    }

    @Override
    Object fromValue(Object value) {
        return Optional.of(element.fromValue(value));
    }

    @Override
    void write(Object instance, CborWriter out) {
        element.writeOrNull(((Optional<?>) instance).orElse(null), out);
    }

    @Override
    Object read(CborReader in) {
        return Optional.of(element.read(in));
    }

    @Override
    Object ofNull() {
        return Optional.empty();
    }

    @Override
    void check(Set<Mapping> seen) {
        element.check(seen);
    }
}
