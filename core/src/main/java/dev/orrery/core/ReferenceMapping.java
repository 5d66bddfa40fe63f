package dev.orrery.core;

import org.jspecify.annotations.Nullable;

/** References: their names, found again by the resolver of whoever reads. Immutable. */
final class ReferenceMapping extends Mapping {
    static final ScopedValue<Reference.Resolver> RESOLVER = ScopedValue.newInstance();

    private final Class<?> javaClass;

    ReferenceMapping(Class<?> javaClass) {
        this.javaClass = javaClass;
    }

    @Override
    ValueType valueType() {
        return ValueType.TEXT;
    }

    @Override
    Object toValue(Object instance) {
        return ((Reference) instance).text();
    }

    @Override
    Object fromValue(Object value) {
        String text = (String) require(ValueType.TEXT, value);
        @Nullable Reference found = RESOLVER.isBound() ? RESOLVER.get().find(text) : null;
        if (!javaClass.isInstance(found)) {
            throw new Misfit("must name something that is known here", value);
        }
        return found;
    }
}
