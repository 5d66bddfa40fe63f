package dev.orrery.core;

import dev.orrery.core.OrreryException.BadDefinition;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * How the instances of one Java type become values and bytes, and back.
 *
 * <p>Two ways that agree: through the value tree ({@link #toValue}, {@link #fromValue}) and
 * straight to and from stored bytes ({@link #write}, {@link #read}). A {@code null} is its holder's
 * business, but for {@code Optional}. Mappings are made once per type and kept with its class.
 * Immutable.
 */
abstract class Mapping {
    /** Kept with the class, so that both go together. */
    private static final ClassValue<Map<Type<?>, Mapping>> KNOWN =
            new ClassValue<>() {
                @Override
                protected Map<Type<?>, Mapping> computeValue(Class<?> raw) {
                    return new ConcurrentHashMap<>();
                }
            };

    /**
     * The mapping of a type.
     *
     * @throws BadDefinition when the type has no value form
     */
    static Mapping of(Type<?> type) {
        if (type.raw() == Row.class) {
            return new RowMapping();
        }
        var known = KNOWN.get(type.raw());
        var mapping = known.get(type);
        if (mapping != null) {
            return mapping;
        }
        var made = make(type);
        var earlier = known.putIfAbsent(type, made);
        return earlier == null ? made : earlier;
    }

    /** The mapping of a record class. */
    static RecordMapping ofRecord(Class<?> type) {
        return (RecordMapping) of(Type.of(type));
    }

    private static Mapping make(Type<?> type) {
        var raw = type.raw();
        var scalar = ScalarMapping.find(raw);
        if (scalar != null) {
            return scalar;
        }
        if (Reference.class.isAssignableFrom(raw)) {
            return new ReferenceMapping(raw);
        }
        if (raw.isRecord()) {
            return RecordMapping.make(type);
        }
        if (raw.isEnum()) {
            return EnumMapping.make(raw);
        }
        if (raw == Optional.class) {
            return new OptionalMapping(of(type.argument(0)));
        }
        if (raw == List.class || raw == Collection.class) {
            return new ListMapping(of(type.argument(0)));
        }
        if (raw == Set.class) {
            return new SetMapping(of(type.argument(0)));
        }
        if (raw == Map.class) {
            return MapMapping.make(type);
        }
        if (raw.isSealed()) {
            return FamilyMapping.make(raw);
        }
        throw new BadDefinition(
                raw.getTypeName(),
                "has no value form",
                "use a record, a sealed family of records, an enum, one of the value types, or a"
                        + " List, Set, Map or Optional of these");
    }

    /** The type of the values. */
    abstract ValueType valueType();

    /** The value of an instance, in normal form; null only for an empty {@code Optional}. */
    abstract @Nullable Object toValue(Object instance);

    /**
     * The instance of a value in normal form.
     *
     * @throws Misfit when it is not one of this type's
     */
    abstract Object fromValue(Object value);

    /** Writes what {@link #toValue} gives. */
    void write(Object instance, CborWriter out) {
        out.value(toValue(instance));
    }

    /** Reads what {@link #fromValue} makes of the next value, which is not null. */
    Object read(CborReader in) {
        var value = in.value();
        if (value == null) {
            throw new Misfit("must not be null", value);
        }
        return fromValue(value);
    }

    /** What null stands for. */
    @Nullable Object ofNull() {
        return null;
    }

    /** What stands for a component that is not there at all: none for {@code null}. */
    @Nullable Object ofAbsent() {
        return ofNull();
    }

    /** Makes sure that everything inside has a mapping too. */
    void check(Set<Mapping> seen) {}

    final @Nullable Object toValueOrNull(@Nullable Object instance) {
        return instance == null ? null : toValue(instance);
    }

    final @Nullable Object fromValueOrNull(@Nullable Object value) {
        return value == null ? ofNull() : fromValue(value);
    }

    final void writeOrNull(@Nullable Object instance, CborWriter out) {
        if (instance == null) {
            out.nothing();
        } else {
            write(instance, out);
        }
    }

    final @Nullable Object readOrNull(CborReader in) {
        return in.tryNothing() ? ofNull() : read(in);
    }

    /** The value as another type's, or a misfit. */
    static Object require(ValueType type, Object value) {
        var converted = type.convert(value);
        if (converted == null) {
            throw new Misfit("must be " + type.text(), value);
        }
        return converted;
    }
}
