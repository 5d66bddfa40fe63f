package dev.orrery.table;

import static dev.orrery.core.Column.flag;
import static dev.orrery.core.Column.integer;
import static dev.orrery.core.Column.number;
import static dev.orrery.core.Column.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.core.Condition;
import dev.orrery.core.Key;
import dev.orrery.core.OrreryException.Closed;
import dev.orrery.core.OrreryException.Conflict;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.OrreryException.Missing;
import dev.orrery.core.Row;
import dev.orrery.table.spi.Mutation;
import dev.orrery.table.spi.Settlement;
import dev.orrery.testkit.Seeded;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every driver keeps. A test of a driver extends it and gives a table {@code things} without
 * rows whose columns are {@code id} text (the id), {@code name} text, {@code size} integer, {@code
 * weight} number, {@code good} flag, all but the id free to be null.
 */
abstract class TableContract {
    private Table table;

    /** An empty table. */
    protected abstract Table emptyTable() throws Exception;

    @BeforeEach
    void open() throws Exception {
        table = emptyTable();
    }

    @AfterEach
    void close() {
        table.close();
    }

    private static Row thing(String id, String name, Long size) {
        return Row.of("id", id, "name", name, "size", size, "weight", null, "good", null);
    }

    private void insertThree() {
        table.insert(thing("a", "Anna", 3L));
        table.insert(thing("b", "bert", null));
        table.insert(thing("c", "Cleo", 1L));
    }

    @Test
    void whatIsInsertedIsFoundListedAndCounted() {
        insertThree();

        assertThat(table.find(Key.of("a"))).contains(thing("a", "Anna", 3L));
        assertThat(table.find(Key.of("x"))).isEmpty();
        assertThat(table.list())
                .containsExactlyInAnyOrder(
                        thing("a", "Anna", 3L), thing("b", "bert", null), thing("c", "Cleo", 1L));
        assertThat(table.count()).isEqualTo(3);
    }

    @Test
    void anInsertReturnsTheRowAsTheSourceHasIt() {
        assertThat(table.insert(Row.of("id", "a", "name", "Anna")))
                .isEqualTo(thing("a", "Anna", null));
    }

    @Test
    void aSecondRowWithAnIdIsAConflictAndAnEqualOneIsNot() {
        table.insert(thing("a", "Anna", 3L));

        assertThat(table.insert(thing("a", "Anna", 3L))).isEqualTo(thing("a", "Anna", 3L));
        assertThatThrownBy(() -> table.insert(thing("a", "other", 3L)))
                .isInstanceOf(Conflict.class);
        assertThat(table.list()).containsExactly(thing("a", "Anna", 3L));
    }

    @Test
    void aPatchChangesItsColumnsAloneAndAReplaceAll() {
        insertThree();

        assertThat(table.patch(Key.of("a"), Row.of("name", "Anni")))
                .isEqualTo(thing("a", "Anni", 3L));
        assertThat(table.replace(Key.of("a"), Row.of("weight", 1.5)))
                .isEqualTo(
                        Row.of("id", "a", "name", null, "size", null, "weight", 1.5, "good", null));
        assertThatThrownBy(() -> table.patch(Key.of("x"), Row.of("name", "x")))
                .isInstanceOf(Missing.class);
    }

    @Test
    void deletesTellWhetherThereWasSomething() {
        insertThree();

        assertThat(table.delete(Key.of("a"))).isTrue();
        assertThat(table.delete(Key.of("a"))).isFalse();
        assertThat(table.where(integer("size").ge(1)).deleteAll()).isEqualTo(1);
        assertThat(table.list()).containsExactly(thing("b", "bert", null));
        assertThat(table.deleteAll()).isEqualTo(1);
        assertThat(table.count()).isZero();
    }

    @Test
    void whatBreaksTheSchemaIsRefusedBeforeItIsSent() { // law T13
        Object before = table.driver().mark();

        assertThatThrownBy(() -> table.insert(Row.of("id", "a", "colour", "red")))
                .isInstanceOf(Invalid.class)
                .hasMessageContaining("colour is no column");
        assertThatThrownBy(() ->
                        table.constrained(schema -> schema.maxLength("name", 2))
                                .insert(thing("a", "long", 1L)))
                .isInstanceOf(Invalid.class)
                .hasMessageContaining("name must have at most 2 characters");
        assertThat(table.driver().mark()).isEqualTo(before);
    }

    @Test
    void writesThroughANarrowedTableReachOnlyItsRows() {
        insertThree();
        Table small = table.where(integer("size").lt(2));

        assertThatThrownBy(() -> small.patch(Key.of("a"), Row.of("name", "x")))
                .isInstanceOf(Missing.class);
        assertThat(small.delete(Key.of("a"))).isFalse();
        assertThat(small.patch(Key.of("c"), Row.of("name", "x"))).isEqualTo(thing("c", "x", 1L));
        assertThatThrownBy(() -> small.insert(thing("d", "d", 5L))).isInstanceOf(Invalid.class);
        assertThat(table.count()).isEqualTo(3);
    }

    @Test
    void everyTypeOfValueComesBackAsItWasGiven() {
        Row full =
                Row.of(
                        "id",
                        "\u00e9'\"",
                        "name",
                        "",
                        "size",
                        Long.MIN_VALUE,
                        "weight",
                        -0.5,
                        "good",
                        true);
        table.insert(full);

        assertThat(table.find(Key.of("\u00e9'\""))).contains(full);
        assertThat(table.where(flag("good").eq(true)).list()).containsExactly(full);
    }

    @Test
    void textIsComparedLetterForLetter() {
        insertThree();

        assertThat(table.where(text("name").eq("anna")).list()).isEmpty();
        assertThat(table.where(text("name").startsWith("b")).count()).isEqualTo(1);
        assertThat(table.where(text("name").contains("LE")).count()).isZero();
        assertThat(table.where(text("name").lt("a")).orderBy(text("name").descending()).list())
                .extracting(row -> row.text("name"))
                .containsExactly("Cleo", "Anna");
    }

    @Test
    void readsAnswerAsIfEverythingWasDoneHere() { // law T2
        Seeded.runs(
                10,
                random -> {
                    table.deleteAll();
                    for (int i = 0; i < 20; i++) {
                        table.insert(randomThing(random, "k" + i));
                    }
                    List<Row> rows = table.list();
                    for (int i = 0; i < 20; i++) {
                        Condition condition = randomCondition(random, 3);
                        assertThat(table.where(condition).list())
                                .as("%s, %s", condition, table.where(condition).plan())
                                .containsExactlyInAnyOrderElementsOf(
                                        rows.stream().filter(condition::holds).toList());
                    }
                });
    }

    private static Row randomThing(Seeded random, String id) {
        return Row.of(
                "id",
                id,
                "name",
                random.pick(NAMES),
                "size",
                random.pick(SIZES),
                "weight",
                random.pick(WEIGHTS),
                "good",
                random.pick(FLAGS));
    }

    private static final List<Object> NAMES =
            options("a", "A", "ab", "b", "\u00e9", "", "%", "_", "\ud83d\ude00", "\uffff", "1");
    private static final List<Object> SIZES =
            options(-1L, 0L, 1L, 2L, Long.MAX_VALUE, (1L << 53) + 1);
    private static final List<Object> WEIGHTS = options(-0.5, 0.0, 1.0, 9007199254740992.0);
    private static final List<Object> FLAGS = options(true, false);

    private static List<Object> options(Object... values) {
        List<Object> options = new java.util.ArrayList<>(List.of(values));
        options.add(null);
        return options;
    }

    private static Condition randomCondition(Seeded random, int depth) {
        if (depth > 0 && random.below(3) == 0) {
            Condition left = randomCondition(random, depth - 1);
            return switch (random.below(3)) {
                case 0 -> left.not();
                case 1 -> left.and(randomCondition(random, depth - 1));
                default -> left.or(randomCondition(random, depth - 1));
            };
        }
        String column = random.pick(List.of("name", "size", "weight", "good", "nowhere"));
        Object value = random.pick(random.pick(List.of(NAMES, SIZES, WEIGHTS, FLAGS)));
        if (value == null) {
            return new Condition.IsNull(column);
        }
        return switch (random.below(4)) {
            case 0 -> Condition.in(column, List.of(value, random.below(3), "ab"));
            case 1 ->
                    value instanceof String part
                            ? text(column).contains(part)
                            : number(column).ge(1);
            case 2 ->
                    value instanceof String part
                            ? text(column).startsWith(part)
                            : integer(column).ne(1);
            default ->
                    new Condition.Compare(
                            column, random.pick(List.of(Condition.Comparison.values())), value);
        };
    }

    @Test
    void aMutationIsAppliedOnceHoweverOftenItIsSent() { // law T6
        insertThree();
        Mutation patch =
                new Mutation.Patch("m", Key.of("a"), Row.of("size", 4L), Row.of("size", 3L));

        assertThat(table.driver().apply(patch, Condition.all()))
                .isEqualTo(table.driver().apply(patch, Condition.all()))
                .isInstanceOf(Settlement.Confirmed.class);
    }

    @Test
    void aMutationThatSomebodyOvertookChangesNothing() { // law T5
        insertThree();
        Mutation patch =
                new Mutation.Patch("m", Key.of("a"), Row.of("size", 4L), Row.of("size", 2L));

        assertThat(table.driver().apply(patch, Condition.all()))
                .isInstanceOfSatisfying(
                        Settlement.Overtaken.class,
                        overtaken -> assertThat(overtaken.row()).contains(thing("a", "Anna", 3L)));
        assertThat(table.require(Key.of("a"))).isEqualTo(thing("a", "Anna", 3L));
    }

    @Test
    void theMarkDiffersAfterEveryChangeAndStaysWithoutOne() { // law T12
        Object empty = table.driver().mark();
        assertThat(table.driver().mark()).isEqualTo(empty);
        insertThree();
        Object three = table.driver().mark();
        table.list();

        assertThat(three).isNotEqualTo(empty);
        assertThat(table.driver().mark()).isEqualTo(three);
    }

    @Test
    void aClosedTableSaysSo() {
        table.close();
        table.close();

        assertThatThrownBy(() -> table.list()).isInstanceOf(Closed.class);
    }
}
