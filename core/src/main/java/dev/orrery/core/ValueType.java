package dev.orrery.core;

import dev.orrery.core.OrreryException.Invalid;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The ten types a value can have, in rows, tables, ontologies and JSON, by the same names
 * everywhere.
 *
 * <p>Each has one Java class for its values (their <em>normal form</em>): all whole numbers are
 * {@code Long}, all binary fractions {@code Double}, all byte strings {@link Bytes}.
 */
public enum ValueType {
    /** {@code String}; without unpaired surrogates where it is stored. */
    TEXT(String.class),
    /** {@code Long}. */
    INTEGER(Long.class),
    /** {@code Double}. */
    NUMBER(Double.class),
    /** {@code BigDecimal} with at most 1,024 bytes of digits and a scale within 6,000 of zero. */
    DECIMAL(BigDecimal.class),
    /** {@code Boolean}. */
    FLAG(Boolean.class),
    /** {@link Bytes}. */
    BYTES(Bytes.class),
    /** {@code Instant}. */
    INSTANT(Instant.class),
    /** {@code LocalDate}. */
    DATE(LocalDate.class),
    /** {@code List} of values. */
    LIST(List.class),
    /** {@code Map} from text to values. */
    MAP(Map.class);

    private final Class<?> valueClass;

    ValueType(Class<?> valueClass) {
        this.valueClass = valueClass;
    }

    /** The class of this type's values in normal form. */
    public Class<?> valueClass() {
        return valueClass;
    }

    /**
     * The type of a value in any accepted form.
     *
     * @throws Invalid for an object that is no value
     */
    public static ValueType of(Object value) {
        return ofNormal(Values.normal(value));
    }

    /**
     * The type that holds the instances of a Java class: records are maps, enums text, collections
     * lists.
     */
    public static ValueType forClass(Class<?> type) {
        return Mapping.of(Type.of(type)).valueType();
    }

    static ValueType ofNormal(Object value) {
        return switch (value) {
            case String _ -> TEXT;
            case Long _ -> INTEGER;
            case Double _ -> NUMBER;
            case BigDecimal _ -> DECIMAL;
            case Boolean _ -> FLAG;
            case Bytes _ -> BYTES;
            case Instant _ -> INSTANT;
            case LocalDate _ -> DATE;
            case List<?> _ -> LIST;
            default -> MAP;
        };
    }

    /** The name in lower case, as in {@link Row}'s accessors and in JSON. */
    public String text() {
        return Values.lowerCase(name());
    }

    /**
     * The value in this type's normal form; null stays null.
     *
     * <p>Accepted are the types' own classes and the narrower ones that lose nothing: every Java
     * integer class as {@link #INTEGER}, a whole {@code Double} or {@code BigDecimal} too, an
     * integer as {@link #NUMBER} when a double holds it exactly, a {@code BigDecimal} as the
     * nearest double.
     *
     * @throws Invalid for anything else
     */
    public @Nullable Object normal(@Nullable Object value) {
        if (value == null) {
            return null;
        }
        var converted = convert(Values.normal(value));
        if (converted == null) {
            throw new Invalid("", "must be " + text(), value);
        }
        return converted;
    }

    /** True when the value is null or has a normal form in this type. */
    public boolean accepts(@Nullable Object value) {
        if (value == null) {
            return true;
        }
        try {
            return convert(Values.normal(value)) != null;
        } catch (Invalid refused) {
            return false;
        }
    }

    /** A normal value converted to this type without loss, or null. */
    @Nullable Object convert(Object normal) {
        if (valueClass.isInstance(normal)) {
            return normal;
        }
        return switch (this) {
            case INTEGER -> whole(normal);
            case NUMBER -> binary(normal);
            case DECIMAL -> decimal(normal);
            default -> null;
        };
    }

    private static @Nullable Long whole(Object normal) {
        return Values.canonical(normal) instanceof Long whole ? whole : null;
    }

    private static @Nullable Double binary(Object normal) {
        return switch (normal) {
            case Long whole ->
                    Values.exactAsDouble(whole) ? Double.valueOf(whole.doubleValue()) : null;
            case BigDecimal decimal ->
                    Double.isFinite(decimal.doubleValue()) ? decimal.doubleValue() : null;
            default -> null;
        };
    }

    private static @Nullable BigDecimal decimal(Object normal) {
        return switch (normal) {
            case Long whole -> BigDecimal.valueOf(whole);
            case Double binary -> Double.isFinite(binary) ? BigDecimal.valueOf(binary) : null;
            default -> null;
        };
    }
}
