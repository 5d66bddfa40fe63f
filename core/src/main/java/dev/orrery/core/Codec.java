package dev.orrery.core;

import dev.orrery.core.OrreryException.BadDefinition;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.OrreryException.UserFailure;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Turns the instances of a Java type into plain values and bytes, and back, without anything
 * written by hand.
 *
 * <p>Records become maps from component name (or {@link Name}) to value; a member of a sealed
 * family becomes a map of one entry from its simple name to its own map; enums become text; lists,
 * sets, maps with text-like keys, {@code Optional} and the classes of {@code java.time} have their
 * obvious form; {@link Row}, {@link Key} and plain values pass through. Bytes are deterministic
 * CBOR: equal instances give equal bytes, and the layout is {@code docs/formats/values.md}.
 *
 * <p>Classes may move on under stored data: a component the bytes do not have is null, an empty
 * {@code Optional} or an empty collection (a primitive is refused); what the class does not have is
 * left out; {@link #upgrading} does the rest. Immutable.
 *
 * @param <T> the Java type
 */
public final class Codec<T> {
    private final Type<T> type;
    private final Mapping mapping;
    private final Map<String, UnaryOperator<Row>> upgrades;

    private Codec(Type<T> type, Mapping mapping, Map<String, UnaryOperator<Row>> upgrades) {
        this.type = type;
        this.mapping = mapping;
        this.upgrades = upgrades;
    }

    /**
     * The codec of a class.
     *
     * @throws BadDefinition when it, or something in it, has no value form, or a record's module
     *     does not open it
     */
    public static <T> Codec<T> of(Class<T> type) {
        return of(Type.of(type));
    }

    /**
     * The codec of a type.
     *
     * @throws BadDefinition when it, or something in it, has no value form, or a record's module
     *     does not open it
     */
    public static <T> Codec<T> of(Type<T> type) {
        var mapping = Mapping.of(type);
        mapping.check(new HashSet<>());
        return new Codec<>(type, mapping, Map.of());
    }

    /**
     * This codec with one more step for reading what an older class wrote: the row of a record, by
     * the name of the record (in a sealed family, of its member), is passed through the upgrade
     * before it becomes the record.
     *
     * <p>An upgrade sees every such row, of whatever age, and gives back those that need nothing.
     */
    public Codec<T> upgrading(String name, UnaryOperator<Row> upgrade) {
        var more = new HashMap<>(upgrades);
        more.merge(name, upgrade, (earlier, later) -> row -> later.apply(earlier.apply(row)));
        return new Codec<>(type, mapping, Map.copyOf(more));
    }

    /** The type whose instances it turns. */
    public Type<T> type() {
        return type;
    }

    /**
     * The instance as a plain value: one of the ten types, in normal form.
     *
     * @throws Invalid when a part of it has no value form: a text that is not well-formed is found
     *     when it is stored
     */
    public Object toValue(T instance) {
        try {
            var value = mapping.toValue(instance);
            return value == null ? Map.of() : value;
        } catch (Misfit misfit) {
            throw misfit.toInvalid();
        }
    }

    /**
     * The instance of a plain value, in normal form or not.
     *
     * @throws Invalid naming the path where the value does not fit
     */
    public T fromValue(@Nullable Object value) {
        try {
            return cast(mapping.fromValueOrNull(upgraded(Values.normalOrNull(value))));
        } catch (Misfit misfit) {
            throw misfit.toInvalid();
        }
    }

    /**
     * The instance as bytes; equal instances give equal bytes.
     *
     * @throws Invalid for a text with an unpaired surrogate, a decimal beyond its limits, or too
     *     deep a nesting
     */
    public byte[] encode(T instance) { // law C24
        var out = new CborWriter();
        try {
            mapping.write(instance, out);
        } catch (Misfit misfit) {
            throw misfit.toInvalid();
        }
        return out.toByteArray();
    }

    /**
     * The instance of these bytes.
     *
     * @throws Invalid when they are damaged, or hold a value that does not fit; never takes more
     *     memory than a small multiple of their length
     */
    public T decode(byte[] bytes) {
        if (!upgrades.isEmpty()) {
            return fromValue(Cbor.decode(bytes));
        }
        var in = new CborReader(bytes);
        try {
            var instance = cast(mapping.readOrNull(in));
            in.expectEnd();
            return instance;
        } catch (Misfit misfit) {
            throw misfit.toInvalid();
        }
    }

    /** The key of an instance: a record's components are its parts, anything else is one part. */
    public Key toKey(T instance) {
        return mapping instanceof RecordMapping record
                ? Key.of(record.toRow(instance).toMap().values().toArray())
                : Key.of(toValue(instance));
    }

    /**
     * The instance of a key.
     *
     * @throws Invalid when its parts do not fit
     */
    public T fromKey(Key key) {
        if (!(mapping instanceof RecordMapping record)) {
            if (key.size() != 1) {
                throw new Invalid("", "must be a key of one part for " + type, key);
            }
            return fromValue(key.part(0));
        }
        try {
            return cast(record.fromRow(Row.of(record.shape(), key.parts())));
        } catch (Misfit misfit) {
            throw misfit.toInvalid();
        }
    }

    @SuppressWarnings("unchecked") // the mapping of a type makes that type's instances
    private T cast(@Nullable Object instance) {
        if (instance == null) {
            throw new Misfit("must not be null", instance);
        }
        return (T) instance;
    }

    private @Nullable Object upgraded(@Nullable Object value) {
        if (upgrades.isEmpty() || !(value instanceof Map<?, ?> map)) {
            return value;
        }
        if (mapping instanceof RecordMapping record) {
            return upgraded(FamilyMapping.tag(record.javaClass()), map);
        }
        var tags = new LinkedHashMap<Object, @Nullable Object>();
        map.forEach((tag, fields) ->
                tags.put(
                        tag,
                        fields instanceof Map<?, ?> inner
                                ? upgraded((String) tag, inner)
                                : fields));
        return Collections.unmodifiableMap(tags);
    }

    private Map<?, ?> upgraded(String name, Map<?, ?> fields) {
        var upgrade = upgrades.get(name);
        if (upgrade == null) {
            return fields;
        }
        try {
            return upgrade.apply(Row.trusted(fields)).toMap();
        } catch (OrreryException refused) {
            throw refused;
        } catch (RuntimeException failure) {
            throw new UserFailure("upgrade of " + name, fields, failure);
        }
    }

    /** The type. */
    @Override
    public String toString() {
        return "Codec of " + type;
    }
}
