package dev.orrery.core;

import dev.orrery.core.OrreryException.BadDefinition;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A class with its arguments, for where a {@code Class} alone does not say enough: {@code
 * Type.listOf(Line.class)}.
 *
 * <p>Equal when class and arguments are. Immutable.
 *
 * @param <T> the Java type it stands for
 */
@SuppressWarnings(
        "UnusedTypeParameter") // it ties what a codec or a query makes to what is asked of it
public final class Type<T> {
    private final Class<?> raw;
    private final List<Type<?>> arguments;

    private Type(Class<?> raw, List<Type<?>> arguments) {
        this.raw = raw;
        this.arguments = arguments;
    }

    /** A class without arguments. */
    public static <T> Type<T> of(Class<T> type) {
        return new Type<>(type, List.of());
    }

    /**
     * A class with its arguments, in the order of its type parameters.
     *
     * @param <T> the class with those very arguments, which the compiler cannot check
     */
    public static <T> Type<T> of(Class<?> type, List<Type<?>> arguments) {
        return new Type<>(type, List.copyOf(arguments));
    }

    /** A list of a class's instances. */
    public static <E> Type<List<E>> listOf(Class<E> element) {
        return listOf(of(element));
    }

    /** A list of elements of a type. */
    public static <E> Type<List<E>> listOf(Type<E> element) {
        return new Type<>(List.class, List.of(element));
    }

    /** A set of a class's instances. */
    public static <E> Type<Set<E>> setOf(Class<E> element) {
        return setOf(of(element));
    }

    /** A set of elements of a type. */
    public static <E> Type<Set<E>> setOf(Type<E> element) {
        return new Type<>(Set.class, List.of(element));
    }

    /** A map from a class's instances to another's. */
    public static <K, V> Type<Map<K, V>> mapOf(Class<K> key, Class<V> value) {
        return mapOf(of(key), of(value));
    }

    /** A map from keys of one type to values of another. */
    public static <K, V> Type<Map<K, V>> mapOf(Type<K> key, Type<V> value) {
        return new Type<>(Map.class, List.of(key, value));
    }

    /** The class without its arguments. */
    public Class<?> raw() {
        return raw;
    }

    /** The arguments, in the order of the class's type parameters; empty for a plain class. */
    public List<Type<?>> arguments() {
        return arguments;
    }

    /** The argument at an index, or {@code Object} where the class was used raw. */
    Type<?> argument(int index) {
        return index < arguments.size() ? arguments.get(index) : of(Object.class);
    }

    /**
     * The type of a component declared in this class, its type variables filled in from the
     * arguments.
     */
    Type<?> resolve(java.lang.reflect.Type declared) {
        return switch (declared) {
            case Class<?> plain -> of(plain);
            case ParameterizedType parameterized -> {
                var resolved = new ArrayList<Type<?>>();
                for (var argument : parameterized.getActualTypeArguments()) {
                    resolved.add(resolve(argument));
                }
                yield new Type<>((Class<?>) parameterized.getRawType(), List.copyOf(resolved));
            }
            case WildcardType wildcard -> resolve(wildcard.getUpperBounds()[0]);
            case TypeVariable<?> variable ->
                    argument(List.of(raw.getTypeParameters()).indexOf(variable));
            default ->
                    throw new BadDefinition(
                            toString(),
                            "holds " + declared.getTypeName() + ", which has no value form",
                            "use a list or a class without type arguments there");
        };
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Type<?> type && raw == type.raw && arguments.equals(type.arguments);
    }

    @Override
    public int hashCode() {
        return raw.hashCode() * 31 + arguments.hashCode();
    }

    /** As in Java source: {@code List<Line>}, without packages. */
    @Override
    public String toString() {
        if (arguments.isEmpty()) {
            return raw.getSimpleName();
        }
        return raw.getSimpleName()
                + "<"
                + String.join(", ", arguments.stream().map(Type::toString).toList())
                + ">";
    }
}
