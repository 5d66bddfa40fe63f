package dev.orrery.view;

import dev.orrery.core.Column;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.Row;
import java.math.BigDecimal;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One value made of many rows, kept up by what a row adds when it enters and takes when it leaves.
 *
 * <p>The built-in ones are equal when they aggregate the same column the same way, a custom one
 * only to itself. Rows without a value in the column count for nothing. Immutable.
 *
 * @param <V> the value
 */
public final class Aggregate<V> {
    private final Object identity;
    private final Fold<?, V> fold;

    /**
     * How rows become a value.
     *
     * @param <A> what is kept between rows, immutable
     */
    record Fold<A, V>(
            A empty,
            BiFunction<A, Row, A> enter,
            BiFunction<A, Row, A> leave,
            Function<A, V> result) {}

    /** What makes two built-in aggregates the same. */
    private record BuiltIn(String name, Column<?> column) {
        @Override
        public String toString() {
            return name + "(" + column.name() + ")";
        }
    }

    private Aggregate(Object identity, Fold<?, V> fold) {
        this.identity = identity;
        this.fold = fold;
    }

    /** How many rows there are. */
    public static Aggregate<Long> count() {
        return new Aggregate<>(
                "count", new Fold<>(0L, (n, _) -> n + 1, (n, _) -> n - 1, Function.identity()));
    }

    /**
     * The sum of a column, zero without rows. That of binary fractions is the exact sum rounded
     * once, whatever came and went; that of whole numbers fails when it does not fit.
     *
     * @throws Invalid for a column that has no sum
     */
    @SuppressWarnings("unchecked") // the type of a column says the class of its values
    public static <N extends Number> Aggregate<N> sum(Column<N> column) {
        Fold<?, ?> fold =
                switch (column.type()) {
                    case INTEGER ->
                            folded((Column<Long>) column, 0L, Math::addExact, Math::subtractExact);
                    case DECIMAL ->
                            folded(
                                    (Column<BigDecimal>) column,
                                    BigDecimal.ZERO,
                                    BigDecimal::add,
                                    BigDecimal::subtract);
                    case NUMBER -> exactly(column, ExactSum::asDouble);
                    default -> throw new Invalid(column.name(), "is a column of numbers", column);
                };
        return new Aggregate<>(new BuiltIn("sum", column), (Fold<?, N>) fold);
    }

    /** The mean of a column, empty when no row has a value in it. */
    public static Aggregate<Optional<Double>> average(Column<? extends Number> column) {
        return new Aggregate<>(new BuiltIn("average", column), exactly(column, Aggregate::mean));
    }

    private static Optional<Double> mean(ExactSum sum) {
        return sum.count() == 0 ? Optional.empty() : Optional.of(sum.asDouble() / sum.count());
    }

    /**
     * A custom aggregate. The functions run under the commit lock: they must be quick, must not
     * wait, write or read other sources, and must depend on nothing but what they are given. When
     * one throws, the view keeps its last value and says so.
     *
     * @param empty the value of no rows; immutable
     * @param enter the value with one more row
     * @param leave the value with one row less; undoes {@code enter} in whatever order
     */
    public static <V> Aggregate<V> of(
            V empty, BiFunction<V, Row, V> enter, BiFunction<V, Row, V> leave) {
        return of(empty, enter, leave, Function.identity());
    }

    /**
     * As {@link #of(Object, BiFunction, BiFunction)}, where what is kept is not yet the value.
     *
     * @param result the value of what is kept
     */
    public static <A, V> Aggregate<V> of(
            A empty,
            BiFunction<A, Row, A> enter,
            BiFunction<A, Row, A> leave,
            Function<A, V> result) {
        return new Aggregate<>(new Object(), new Fold<>(empty, enter, leave, result));
    }

    private static <N> Fold<N, N> folded(
            Column<N> column, N zero, BiFunction<N, N, N> add, BiFunction<N, N, N> subtract) {
        return new Fold<>(
                zero, stepped(column, add), stepped(column, subtract), Function.identity());
    }

    private static <V> Fold<ExactSum, V> exactly(
            Column<? extends Number> column, Function<ExactSum, V> result) {
        return new Fold<>(
                ExactSum.ZERO,
                stepped(column, ExactSum::plus),
                stepped(column, ExactSum::minus),
                result);
    }

    private static <A, N> BiFunction<A, Row, A> stepped(
            Column<N> column, BiFunction<A, ? super N, A> step) {
        return (kept, row) ->
                row.value(column.name()) == null ? kept : step.apply(kept, row.value(column));
    }

    Fold<?, V> fold() {
        return fold;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Aggregate<?> aggregate && identity.equals(aggregate.identity);
    }

    @Override
    public int hashCode() {
        return identity.hashCode();
    }

    /** What is aggregated, much as in SQL. */
    @Override
    public String toString() {
        return identity instanceof BuiltIn || identity instanceof String
                ? identity.toString()
                : "custom";
    }
}
