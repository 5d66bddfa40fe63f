package dev.orrery.core;

import dev.orrery.core.OrreryException.BadDefinition;
import dev.orrery.core.OrreryException.Invalid;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Records: a map from component name to value.
 *
 * <p>Components' mappings are looked up when first needed, since a record may hold itself. Stored
 * entries come in the order of their encoded names; reading tries the name that is due next as
 * bytes, and reads a name as text only when the class has changed since. Immutable but for that
 * lookup, which gives every thread the same.
 */
final class RecordMapping extends Mapping {
    private final Class<?> javaClass;
    private final Shape shape;
    private final RecordField[] fields;

    /** The same, in the order of their stored names. */
    private final RecordField[] stored;

    /** From an array of the components to the record. */
    private final MethodHandle constructor;

    private RecordMapping(Class<?> javaClass, RecordField[] fields, MethodHandle constructor) {
        this.javaClass = javaClass;
        this.fields = fields;
        this.shape = Shape.of(Stream.of(fields).map(RecordField::name).toList());
        this.stored = fields.clone();
        Arrays.sort(stored, Comparator.comparing(RecordField::storedName, Arrays::compareUnsigned));
        this.constructor = constructor;
    }

    static RecordMapping make(Type<?> type) {
        var javaClass = type.raw();
        var components = javaClass.getRecordComponents();
        var lookup = lookup(javaClass);
        var fields = new RecordField[components.length];
        try {
            for (var i = 0; i < fields.length; i++) {
                fields[i] =
                        RecordField.make(
                                i,
                                components[i],
                                type.resolve(components[i].getGenericType()),
                                lookup);
            }
            var constructor =
                    lookup.findConstructor(
                            javaClass,
                            MethodType.methodType(
                                    void.class,
                                    Stream.of(components).map(RecordComponent::getType).toList()));
            return new RecordMapping(
                    javaClass,
                    fields,
                    constructor
                            .asSpreader(Object[].class, components.length)
                            .asType(MethodType.methodType(Object.class, Object[].class)));
        } catch (ReflectiveOperationException notOpen) {
            throw closed(javaClass);
        } catch (Invalid twice) {
            throw new BadDefinition(
                    javaClass.getName(),
                    "stores two components as " + twice.violations().getFirst().value(),
                    "give one of them another @Name");
        }
    }

    /**
     * A lookup that sees the record: by an opened package, or because record and package are
     * public.
     */
    private static MethodHandles.Lookup lookup(Class<?> javaClass) {
        RecordMapping.class.getModule().addReads(javaClass.getModule());
        try {
            return MethodHandles.privateLookupIn(javaClass, MethodHandles.lookup());
        } catch (IllegalAccessException notOpen) {
            return MethodHandles.publicLookup();
        }
    }

    private static BadDefinition closed(Class<?> javaClass) {
        var opens = "opens " + javaClass.getPackageName() + " to dev.orrery.core;";
        return new BadDefinition(
                javaClass.getName(),
                "is a record this module cannot see into",
                "add `" + opens + "` to module-info.java of " + javaClass.getModule().getName());
    }

    Class<?> javaClass() {
        return javaClass;
    }

    Shape shape() {
        return shape;
    }

    @Override
    ValueType valueType() {
        return ValueType.MAP;
    }

    // ---- rows

    Row toRow(Object instance) {
        return new Row(shape, values(instance));
    }

    /** The record of a row; whoever asks with rows is told in rows' terms. */
    Object fromRow(Row row) {
        var arguments = new @Nullable Object[fields.length];
        try {
            for (var field : fields) {
                var column = row.shape().indexOf(field.name()); // law C29
                arguments[field.index()] =
                        column < 0 ? field.ofAbsent() : field.fromValue(row.at(column));
            }
            return construct(arguments);
        } catch (Misfit misfit) {
            throw misfit.toInvalid();
        }
    }

    // ---- values

    private @Nullable Object[] values(Object instance) {
        var values = new @Nullable Object[fields.length];
        for (var field : fields) {
            values[field.index()] = field.toValue(instance);
        }
        return values;
    }

    @Override
    Object toValue(Object instance) {
        var values = LinkedHashMap.<String, @Nullable Object>newLinkedHashMap(fields.length);
        for (var field : fields) {
            values.put(field.name(), field.toValue(instance));
        }
        return Collections.unmodifiableMap(values);
    }

    @Override
    Object fromValue(Object value) {
        if (!(value instanceof Map<?, ?> map)) {
            throw new Misfit("must be map", value);
        }
        var arguments = new @Nullable Object[fields.length];
        for (var field : fields) {
            var each = map.get(field.name());
            arguments[field.index()] =
                    each == null && !map.containsKey(field.name())
                            ? field.ofAbsent()
                            : field.fromValue(each);
        }
        return construct(arguments);
    }

    // ---- bytes

    @Override
    void write(Object instance, CborWriter out) {
        out.beginMap(stored.length);
        for (var field : stored) {
            out.raw(field.storedName());
            field.write(instance, out);
        }
        out.end();
    }

    @Override
    Object read(CborReader in) {
        var count = in.tryBeginMap();
        if (count < 0) {
            throw new Misfit("must be map", in.value());
        }
        var arguments = new @Nullable Object[fields.length];
        var read = count == stored.length ? readAsStored(in, arguments) : 0;
        if (read < count) {
            readByName(in, read, count, arguments);
        }
        in.end();
        return construct(arguments);
    }

    /**
     * Reads the entries as long as each is the one this class would have written there: how many.
     */
    private int readAsStored(CborReader in, @Nullable Object[] arguments) {
        for (var i = 0; i < stored.length; i++) {
            if (!in.tryRaw(stored[i].storedName())) {
                return i;
            }
            arguments[stored[i].index()] = stored[i].read(in);
        }
        return stored.length;
    }

    private void readByName(CborReader in, int read, int count, @Nullable Object[] arguments) {
        var there = new boolean[fields.length];
        var previous = read == 0 ? null : stored[read - 1].storedName();
        for (var i = 0; i < read; i++) {
            there[stored[i].index()] = true;
        }
        for (var i = read; i < count; i++) {
            var key = in.text();
            var storedKey = Cbor.textBytes(key);
            in.expectOrder(previous, storedKey);
            previous = storedKey;
            var index = shape.indexOf(key);
            if (index < 0) {
                in.value();
            } else {
                arguments[index] = fields[index].read(in);
                there[index] = true;
            }
        }
        for (var field : fields) {
            if (!there[field.index()]) {
                arguments[field.index()] = field.ofAbsent();
            }
        }
    }

    private Object construct(@Nullable Object[] arguments) {
        try {
            return (Object) constructor.invokeExact(arguments);
        } catch (RuntimeException refused) {
            // the record's own checks: what they refuse is invalid data
            throw new Misfit(
                    "was refused by " + javaClass.getSimpleName() + ": " + refused.getMessage(),
                    Arrays.toString(arguments));
        } catch (Error error) {
            throw error;
        } catch (Throwable checked) {
            throw new IllegalStateException(
                    "law C24: a record's constructor threw a checked exception", checked);
        }
    }

    @Override
    void check(Set<Mapping> seen) {
        if (seen.add(this)) {
            for (var field : fields) {
                field.mapping().check(seen);
            }
        }
    }
}
