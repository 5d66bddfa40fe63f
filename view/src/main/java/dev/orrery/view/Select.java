package dev.orrery.view;

import dev.orrery.core.Column;
import dev.orrery.core.Condition;
import dev.orrery.core.Order;
import dev.orrery.core.OrreryException.BadDefinition;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.OrreryException.Unsupported;
import dev.orrery.core.Relation;
import dev.orrery.core.Row;
import dev.orrery.core.Shape;
import dev.orrery.core.Versioned;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The question a view answers: which rows of which relation, joined with what, in which order.
 *
 * <p>Equal questions are answered by one shared view. Rows are those of {@link Relation#toRow},
 * with the joined row's columns after them; where both have a column of one name, the first
 * relation's is kept. Without an order the rows come in the order of their keys, which also decides
 * between rows that are equal in the order asked for. Immutable.
 */
public final class Select {
    private final Question question;

    /** What is asked. {@code columns} is null for all of them. */
    private record Question(
            Versioned<?, ?> from,
            @Nullable Join join,
            List<Derived> derived,
            Condition where,
            List<Order> orders,
            @Nullable Shape columns,
            int limit) {
        Question joined(Join other) {
            return new Question(from, other, derived, where, orders, columns, limit);
        }

        Question deriving(Derived column) {
            List<Derived> all = Stream.concat(derived.stream(), Stream.of(column)).toList();
            return new Question(from, join, all, where, orders, columns, limit);
        }

        Question where(Condition other) {
            return new Question(from, join, derived, other, orders, columns, limit);
        }

        Question ordered(List<Order> others) {
            return new Question(from, join, derived, where, others, columns, limit);
        }

        Question columns(@Nullable Shape others) {
            return new Question(from, join, derived, where, orders, others, limit);
        }

        Question limited(int other) {
            return new Question(from, join, derived, where, orders, columns, other);
        }
    }

    /** A column worked out from the others of a row. */
    record Derived(String name, Function<Row, @Nullable Object> function) {}

    /** The second relation, its keys being the values of a column of the first. */
    record Join(Versioned<?, ?> relation, String column, boolean isRequired) {}

    private Select(Question question) {
        this.question = question;
    }

    /**
     * Everything in a relation.
     *
     * @throws Unsupported for a relation that does not answer by revision, as a narrowed one;
     *     narrow with {@link #where} instead
     */
    public static Select from(Relation<?, ?> relation) {
        return new Select(
                new Question(
                        versioned(relation),
                        null,
                        List.of(),
                        Condition.all(),
                        List.of(),
                        null,
                        Integer.MAX_VALUE));
    }

    private static Versioned<?, ?> versioned(Relation<?, ?> relation) {
        if (relation instanceof Versioned<?, ?> versioned) {
            return versioned;
        }
        throw new Unsupported(
                "be read by a view; select from the whole relation and narrow with where",
                relation.name() + ", narrowed,");
    }

    /**
     * The rows that have a partner, with its columns: the joined relation is found by its key,
     * which is the value in a column of this one, or the {@link dev.orrery.core.Key} of that value.
     *
     * @throws BadDefinition when there is a join already
     */
    public Select join(Relation<?, ?> relation, Column<?> column) {
        return joined(new Join(versioned(relation), column.name(), true));
    }

    /** As {@link #join}, and the rows without a partner too, without its columns. */
    public Select leftJoin(Relation<?, ?> relation, Column<?> column) {
        return joined(new Join(versioned(relation), column.name(), false));
    }

    private Select joined(Join join) {
        if (question.join != null) {
            throw new BadDefinition(
                    toString(),
                    "a second join",
                    "join one relation; derive the other with a query");
        }
        return new Select(question.joined(join));
    }

    /**
     * A further column, worked out from the others of a row, the joined and those derived before it
     * included. Conditions, orders and {@link #columns} may use it.
     *
     * @param function of the row alone; the same instance in questions that are to be equal
     * @throws BadDefinition when a column is derived twice
     */
    public Select derive(String column, Function<Row, @Nullable Object> function) {
        if (question.derived.stream().anyMatch(known -> known.name.equals(column))) {
            throw new BadDefinition(toString(), "derives " + column + " twice", "name it once");
        }
        return new Select(question.deriving(new Derived(column, function)));
    }

    /** Only rows that also meet a condition; it may look at joined columns. */
    public Select where(Condition condition) {
        return new Select(question.where(question.where.and(condition)));
    }

    /** The rows in this order, instead of any asked for before; keys decide between equals. */
    public Select orderBy(Order... orders) {
        return new Select(question.ordered(List.of(orders)));
    }

    /**
     * Only these columns, in this order; one that a row does not have is null. Where the columns of
     * the relations are known, opening a view refuses others, here as in conditions and orders.
     *
     * @throws Invalid when a name comes twice
     */
    public Select columns(String... names) {
        return columns(Shape.of(names));
    }

    Select columns(Shape columns) {
        return new Select(question.columns(columns));
    }

    /**
     * At most this many rows, the first in order.
     *
     * @throws Invalid when it is negative
     */
    public Select limit(int rows) {
        if (rows < 0) {
            throw new Invalid("limit", "is zero or more", rows);
        }
        return new Select(question.limited(rows));
    }

    Versioned<?, ?> from() {
        return question.from;
    }

    @Nullable Join join() {
        return question.join;
    }

    List<Derived> derived() {
        return question.derived;
    }

    Condition where() {
        return question.where;
    }

    List<Order> orders() {
        return question.orders;
    }

    /** The columns asked for, null for all. */
    @Nullable Shape columns() {
        return question.columns;
    }

    /**
     * Refuses names that no column has, where the columns of all relations are known.
     *
     * @throws Invalid when there is such a name
     */
    void requireColumns() {
        if (question.join != null) {
            Join join = question.join;
            question.from
                    .shape()
                    .ifPresent(shape -> shape.require(join.column, question.from.name()));
        }
        shape().ifPresent(shape -> {
            String of =
                    question.join == null
                            ? question.from.name()
                            : question.from.name() + " with " + question.join.relation.name();
            question.where.columns().forEach(column -> shape.require(column, of));
            question.orders.forEach(order -> shape.require(order.column(), of));
            if (question.columns != null) {
                question.columns.columns().forEach(column -> shape.require(column, of));
            }
        });
    }

    /** The columns there are to choose from, where they are known. */
    private Optional<Shape> shape() {
        Optional<Shape> from = question.from.shape();
        Optional<Shape> joined =
                question.join == null ? Optional.of(Shape.of()) : question.join.relation.shape();
        return from.flatMap(first ->
                joined.map(second ->
                        Shape.of(
                                Stream.of(
                                                first.columns(),
                                                second.columns(),
                                                question.derived.stream()
                                                        .map(Derived::name)
                                                        .toList())
                                        .flatMap(List::stream)
                                        .distinct()
                                        .toList())));
    }

    /** The names of the columns asked for, in order; empty when all are. */
    public Optional<List<String>> columnNames() {
        return Optional.ofNullable(question.columns).map(Shape::columns);
    }

    int limit() {
        return question.limit;
    }

    boolean isLimited() {
        return question.limit != Integer.MAX_VALUE;
    }

    /** The same rows without order, columns and limit: what an aggregate sees. */
    Select asSet() {
        return new Select(question.ordered(List.of()).columns(null).limited(Integer.MAX_VALUE));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Select select && question.equals(select.question);
    }

    @Override
    public int hashCode() {
        return question.hashCode();
    }

    /** The question as text, much as in SQL. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("select ");
        text.append(question.columns == null ? "*" : String.join(", ", question.columns.columns()));
        text.append(" from ").append(question.from.name());
        if (question.join != null) {
            text.append(question.join.isRequired ? " join " : " left join ")
                    .append(question.join.relation.name())
                    .append(" on ")
                    .append(question.join.column);
        }
        question.derived.forEach(column -> text.append(" deriving ").append(column.name));
        if (!question.where.equals(Condition.all())) {
            text.append(" where ").append(question.where);
        }
        if (!question.orders.isEmpty()) {
            text.append(" order by ")
                    .append(
                            String.join(
                                    ", ", question.orders.stream().map(Order::toString).toList()));
        }
        return isLimited()
                ? text.append(" limit ").append(question.limit).toString()
                : text.toString();
    }
}
