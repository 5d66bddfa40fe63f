package dev.orrery.core;

import dev.orrery.core.OrreryException.Invalid;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The Java classes whose instances are one value each. Immutable. */
final class ScalarMapping extends Mapping {
    private static final Map<Class<?>, ScalarMapping> ALL =
            Stream.of(
                            same(String.class, ValueType.TEXT),
                            same(Long.class, ValueType.INTEGER),
                            same(Double.class, ValueType.NUMBER),
                            same(Boolean.class, ValueType.FLAG),
                            same(BigDecimal.class, ValueType.DECIMAL),
                            same(Bytes.class, ValueType.BYTES),
                            same(Instant.class, ValueType.INSTANT),
                            same(LocalDate.class, ValueType.DATE),
                            whole(
                                    Integer.class,
                                    Integer.MIN_VALUE,
                                    Integer.MAX_VALUE,
                                    Long::intValue),
                            whole(Short.class, Short.MIN_VALUE, Short.MAX_VALUE, Long::shortValue),
                            whole(Byte.class, Byte.MIN_VALUE, Byte.MAX_VALUE, Long::byteValue),
                            scalar(
                                    Float.class,
                                    ValueType.NUMBER,
                                    Float::doubleValue,
                                    value -> ((Double) value).floatValue()),
                            scalar(
                                    Character.class,
                                    ValueType.TEXT,
                                    Object::toString,
                                    value -> onlyCharacter((String) value)),
                            scalar(
                                    BigInteger.class,
                                    ValueType.DECIMAL,
                                    BigDecimal::new,
                                    value -> ((BigDecimal) value).toBigIntegerExact()),
                            scalar(
                                    byte[].class,
                                    ValueType.BYTES,
                                    Bytes::of,
                                    value -> ((Bytes) value).toArray()),
                            text(LocalDateTime.class, LocalDateTime::parse),
                            text(LocalTime.class, LocalTime::parse),
                            text(OffsetDateTime.class, OffsetDateTime::parse),
                            text(ZonedDateTime.class, ZonedDateTime::parse),
                            text(YearMonth.class, YearMonth::parse),
                            text(Duration.class, Duration::parse),
                            text(ZoneId.class, ZoneId::of),
                            text(UUID.class, UUID::fromString),
                            text(URI.class, URI::create),
                            text(Key.class, Key::parse),
                            any())
                    .collect(
                            Collectors.toUnmodifiableMap(
                                    mapping -> mapping.javaClass, mapping -> mapping));

    private static final Map<Class<?>, Class<?>> BOXES =
            Map.of(
                    long.class, Long.class,
                    int.class, Integer.class,
                    short.class, Short.class,
                    byte.class, Byte.class,
                    double.class, Double.class,
                    float.class, Float.class,
                    boolean.class, Boolean.class,
                    char.class, Character.class);

    private final Class<?> javaClass;
    private final @Nullable ValueType type;
    private final Function<Object, Object> toValue;
    private final Function<Object, Object> fromValue;

    private ScalarMapping(
            Class<?> javaClass,
            @Nullable ValueType type,
            Function<Object, Object> toValue,
            Function<Object, Object> fromValue) {
        this.javaClass = javaClass;
        this.type = type;
        this.toValue = toValue;
        this.fromValue = fromValue;
    }

    /** The mapping of a class, a primitive's being its box's; null when it is none of these. */
    static @Nullable ScalarMapping find(Class<?> type) {
        return ALL.get(BOXES.getOrDefault(type, type));
    }

    private static ScalarMapping same(Class<?> javaClass, ValueType type) {
        return new ScalarMapping(javaClass, type, value -> value, value -> value);
    }

    private static <J> ScalarMapping scalar(
            Class<J> javaClass,
            ValueType type,
            Function<J, Object> toValue,
            Function<Object, Object> fromValue) {
        return new ScalarMapping(
                javaClass, type, instance -> toValue.apply(javaClass.cast(instance)), fromValue);
    }

    private static <J extends Number> ScalarMapping whole(
            Class<J> javaClass, long least, long greatest, Function<Long, J> narrowed) {
        return scalar(
                javaClass,
                ValueType.INTEGER,
                Number::longValue,
                value -> {
                    var whole = (Long) value;
                    if (whole < least || whole > greatest) {
                        throw new Misfit("must be between " + least + " and " + greatest, whole);
                    }
                    return narrowed.apply(whole);
                });
    }

    private static <J> ScalarMapping text(Class<J> javaClass, Function<String, J> parse) {
        return scalar(
                javaClass, ValueType.TEXT, Object::toString, value -> parse.apply((String) value));
    }

    /** {@code Object}: any value, in normal form. */
    private static ScalarMapping any() {
        return new ScalarMapping(Object.class, null, Values::normal, value -> value);
    }

    private static Character onlyCharacter(String text) {
        if (text.length() != 1) {
            throw new Misfit("must be one character", text);
        }
        return text.charAt(0);
    }

    @Override
    ValueType valueType() {
        return type == null ? ValueType.MAP : type;
    }

    @Override
    Object toValue(Object instance) {
        return toValue.apply(instance);
    }

    @Override
    Object fromValue(Object value) {
        try {
            return fromValue.apply(type == null ? value : require(type, value));
        } catch (DateTimeException
                | IllegalArgumentException
                | ArithmeticException
                | Invalid malformed) {
            throw new Misfit("must be the form of a " + javaClass.getSimpleName(), value);
        }
    }
}
