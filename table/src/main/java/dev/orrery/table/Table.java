package dev.orrery.table;

import dev.orrery.core.Condition;
import dev.orrery.core.Key;
import dev.orrery.core.Order;
import dev.orrery.core.OrreryException.Conflict;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.OrreryException.Missing;
import dev.orrery.core.OrreryException.Unsupported;
import dev.orrery.core.Row;
import dev.orrery.table.spi.Mutation;
import dev.orrery.table.spi.Settlement;
import dev.orrery.table.spi.TableDriver;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Rows behind a driver, possibly narrowed by a condition and sorted.
 *
 * <p>Every read and write goes to the source. What the driver cannot do for a read is done here,
 * and {@link #plan} tells which part ran where; a write that the driver cannot honour is refused
 * with {@link Unsupported} before anything is sent. Narrowing makes another table over the same
 * driver and costs nothing; writes through it reach only rows that meet its condition. Immutable
 * and thread-safe.
 */
public final class Table implements AutoCloseable {
    /** The id of mutations that are sent once, while their author waits. */
    private static final String DIRECT = "direct";

    private final TableDriver driver;
    private final Condition condition;
    private final List<Order> orders;
    private final UnaryOperator<Schema> rules;

    private Table(
            TableDriver driver,
            Condition condition,
            List<Order> orders,
            UnaryOperator<Schema> rules) {
        this.driver = driver;
        this.condition = condition;
        this.orders = orders;
        this.rules = rules;
    }

    /** The table of a driver. For authors of drivers; users open one through its driver's class. */
    public static Table over(TableDriver driver) {
        return new Table(driver, Condition.all(), List.of(), UnaryOperator.identity());
    }

    /** The table's name. */
    public String name() {
        return driver.name();
    }

    /** The columns and rules, as the driver found them and {@link #constrained} tightened them. */
    public Schema schema() {
        return rules.apply(driver.schema());
    }

    TableDriver driver() {
        return driver;
    }

    Condition condition() {
        return condition;
    }

    /** What the schema of this table is made of the one its driver finds. */
    UnaryOperator<Schema> rules() {
        return rules;
    }

    /** Whether the driver can do something. */
    public boolean can(Capability capability) {
        return driver.capabilities().contains(capability);
    }

    /**
     * The same rows under stricter rules: {@code table.constrained(s -> s.maxLength("name", 80))}.
     */
    public Table constrained(UnaryOperator<Schema> stricter) {
        return new Table(driver, condition, orders, schema -> stricter.apply(rules.apply(schema)));
    }

    /** The rows that also meet a condition. */
    public Table where(Condition further) {
        return new Table(driver, condition.and(further), orders, rules);
    }

    /** The same rows in another order; without one they come as the source gives them. */
    public Table orderBy(Order... by) {
        return new Table(driver, condition, List.of(by), rules);
    }

    // reading

    /** Which part of a read the source does; asks it nothing. */
    public Plan plan() {
        Condition pushed = pushed();
        return new Plan(pushed, pushed.equals(condition) ? Condition.all() : condition, orders);
    }

    private Condition pushed() {
        return can(Capability.WHERE) ? driver.pushable(condition) : Condition.all();
    }

    /** The rows, in order. */
    public List<Row> list() {
        List<Row> rows = driver.list(pushed());
        if (!condition.equals(Condition.all())) {
            rows = rows.stream().filter(condition::holds).toList(); // law T2
        }
        return orders.isEmpty() ? rows : rows.stream().sorted(Order.comparator(orders)).toList();
    }

    /** The rows as records, in order. */
    public <R extends Record> List<R> list(Class<R> type) {
        return list().stream().map(row -> row.as(type)).toList();
    }

    /** The row under an id, if it is there and meets the condition. */
    public Optional<Row> find(Key id) {
        return driver.find(id).filter(condition::holds);
    }

    /** The row under an id, or {@link Missing}. */
    public Row require(Key id) {
        return find(id).orElseThrow(() -> new Missing(name(), id));
    }

    /** How many rows there are. */
    public long count() {
        return condition.equals(Condition.all()) ? driver.count() : list().size();
    }

    // writing

    /**
     * Makes a new row and returns it as the source has it. An equal row that is already there
     * counts as made.
     *
     * @throws Invalid when it breaks the schema or does not meet this table's condition
     * @throws Conflict when another row has this id
     */
    public Row insert(Row row) {
        requireCapability(Capability.INSERT);
        Row checked = schema().checkInsert(row);
        if (!condition.holds(checked)) {
            throw new Invalid(name(), "takes only rows where " + condition, checked);
        }
        Key id = schema().keyOf(checked);
        return written(new Mutation.Insert(DIRECT, id, checked))
                .orElseThrow(() -> new Missing(name(), id));
    }

    /**
     * Gives all columns of a row their values; those not named become null.
     *
     * @throws Missing when there is no such row
     * @throws Invalid when it breaks the schema
     */
    public Row replace(Key id, Row row) {
        Map<String, @Nullable Object> whole = new LinkedHashMap<>();
        for (String column : schema().columns()) {
            whole.put(column, null);
        }
        whole.putAll(row.toMap());
        whole.remove(schema().id());
        return patch(id, Row.from(whole));
    }

    /**
     * Changes some columns of a row and returns it as the source has it.
     *
     * @throws Missing when there is no such row
     * @throws Invalid when the fields break the schema
     */
    public Row patch(Key id, Row fields) {
        requireCapability(Capability.PATCH);
        Row checked = schema().checkPatch(fields);
        return written(new Mutation.Patch(DIRECT, id, checked, Row.of()))
                .orElseThrow(() -> new Missing(name(), id));
    }

    /** Takes a row away; true when it was there. */
    public boolean delete(Key id) {
        requireCapability(Capability.DELETE);
        boolean there = find(id).isPresent();
        written(new Mutation.Delete(DIRECT, id, Row.of()));
        return there;
    }

    /** Deletes these rows, in one step and never more; returns how many there were. */
    public long deleteAll() {
        requireCapability(Capability.DELETE);
        requireConditionalWrite();
        return driver.deleteAll(condition);
    }

    private Optional<Row> written(Mutation mutation) {
        if (!(mutation instanceof Mutation.Insert)) {
            requireConditionalWrite();
        }
        return switch (driver.apply(mutation, condition)) {
            case Settlement.Confirmed(Optional<Row> row) -> row;
            case Settlement.Refused(var reason) -> throw reason;
            case Settlement.Overtaken(Optional<Row> row) when row.isEmpty() ->
                    throw new Missing(name(), mutation.key());
            case Settlement.Overtaken(Optional<Row> row) ->
                    throw new Conflict(
                            "insert " + mutation.key() + " into " + name(), "no row", row.get());
        };
    }

    private void requireCapability(Capability needed) {
        if (!can(needed)) {
            throw new Unsupported(needed.words(), name());
        }
    }

    private void requireConditionalWrite() { // law T3
        if (!condition.equals(Condition.all()) && !can(Capability.CONDITIONAL_WRITE)) {
            throw new Unsupported(
                    Capability.CONDITIONAL_WRITE.words() + " (" + condition + ")", name());
        }
    }

    /** Closes the driver, and with it every table over it. */
    @Override
    public void close() {
        driver.close();
    }

    @Override
    public String toString() {
        return name() + (condition.equals(Condition.all()) ? "" : " where " + condition);
    }
}
