package dev.orrery.core;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.RecordComponent;
import org.jspecify.annotations.Nullable;

/**
 * One component of a record: its stored name, how to read it from the record, and its type's
 * mapping.
 *
 * <p>Whole, binary and flag primitives go to and from bytes without a box where they can. Immutable
 * but for the mapping, looked up when first needed.
 */
final class RecordField {
    private enum Primitive {
        NONE,
        WHOLE,
        BINARY,
        FLAG,
        OTHER
    }

    private final int index;
    private final String name;
    private final byte[] storedName;
    private final Type<?> type;
    private final Primitive primitive;

    /**
     * From the record, as an object, to the component: a long, double or boolean by primitive, else
     * an object.
     */
    private final MethodHandle accessor;

    private @Nullable Mapping mapping;

    private RecordField(
            int index, String name, Type<?> type, Primitive primitive, MethodHandle accessor) {
        this.index = index;
        this.name = name;
        this.storedName = Cbor.textBytes(name);
        this.type = type;
        this.primitive = primitive;
        this.accessor = accessor;
    }

    static RecordField make(
            int index, RecordComponent component, Type<?> type, MethodHandles.Lookup lookup)
            throws IllegalAccessException {
        var name = component.getAnnotation(Name.class);
        var primitive = primitive(component.getType());
        var result =
                switch (primitive) {
                    case WHOLE -> long.class;
                    case BINARY -> double.class;
                    case FLAG -> boolean.class;
                    case NONE, OTHER -> Object.class;
                };
        var accessor =
                lookup.unreflect(component.getAccessor())
                        .asType(MethodType.methodType(result, Object.class));
        return new RecordField(
                index,
                name == null ? component.getName() : name.value(),
                type,
                primitive,
                accessor);
    }

    private static Primitive primitive(Class<?> type) {
        if (!type.isPrimitive()) {
            return Primitive.NONE;
        }
        if (type == long.class || type == int.class || type == short.class || type == byte.class) {
            return Primitive.WHOLE;
        }
        if (type == double.class || type == float.class) {
            return Primitive.BINARY;
        }
        return type == boolean.class ? Primitive.FLAG : Primitive.OTHER;
    }

    int index() {
        return index;
    }

    String name() {
        return name;
    }

    /** The name as it is stored, head and all. */
    byte[] storedName() {
        return storedName;
    }

    /** Two threads may both look it up and find the same. */
    Mapping mapping() {
        var known = mapping;
        if (known == null) {
            known = Mapping.of(type);
            mapping = known;
        }
        return known;
    }

    @Nullable Object toValue(Object instance) {
        return switch (primitive) {
            case WHOLE -> whole(instance);
            case BINARY -> binary(instance);
            case FLAG -> flag(instance);
            case NONE, OTHER -> mapping().toValueOrNull(object(instance));
        };
    }

    @Nullable Object fromValue(@Nullable Object value) {
        if (value == null && primitive != Primitive.NONE) {
            throw new Misfit("must not be null", value).under(name);
        }
        try {
            return mapping().fromValueOrNull(value);
        } catch (Misfit misfit) {
            throw misfit.under(name);
        }
    }

    void write(Object instance, CborWriter out) {
        switch (primitive) {
            case WHOLE -> out.whole(whole(instance));
            case BINARY -> out.binary(binary(instance));
            case FLAG -> out.flag(flag(instance));
            case NONE, OTHER -> mapping().writeOrNull(object(instance), out);
        }
    }

    @Nullable Object read(CborReader in) {
        if (in.tryNothing()) {
            return fromValue(null);
        }
        try {
            return mapping().read(in);
        } catch (Misfit misfit) {
            throw misfit.under(name);
        }
    }

    /** What a stored record without this component has in its place. */
    @Nullable Object ofAbsent() {
        if (primitive != Primitive.NONE) {
            throw new Misfit("must be there", null).under(name);
        }
        return mapping().ofAbsent();
    }

    private long whole(Object instance) {
        try {
            return (long) accessor.invokeExact(instance);
        } catch (Throwable thrown) {
            throw unchecked(thrown);
        }
    }

    private double binary(Object instance) {
        try {
            return (double) accessor.invokeExact(instance);
        } catch (Throwable thrown) {
            throw unchecked(thrown);
        }
    }

    private boolean flag(Object instance) {
        try {
            return (boolean) accessor.invokeExact(instance);
        } catch (Throwable thrown) {
            throw unchecked(thrown);
        }
    }

    private @Nullable Object object(Object instance) {
        try {
            return (Object) accessor.invokeExact(instance);
        } catch (Throwable thrown) {
            throw unchecked(thrown);
        }
    }

    private static RuntimeException unchecked(Throwable thrown) {
        if (thrown instanceof Error error) {
            throw error;
        }
        return thrown instanceof RuntimeException unchecked
                ? unchecked
                : new IllegalStateException(
                        "law C24: an accessor threw a checked exception", thrown);
    }
}
