package dev.orrery.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.core.Codec;
import dev.orrery.core.Condition;
import dev.orrery.core.Condition.Truth;
import dev.orrery.core.Key;
import dev.orrery.core.Order;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.Row;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The laws of values over random ones: C20 to C27 of core. */
class ValueLawsTest {
    private static final List<String> COLUMNS = List.of("a", "b", "c");
    private static final Codec<Object> ANY = Codec.of(Object.class);

    @Test
    void valuesSurviveStorage() {
        Seeded.runs(
                2_000,
                random -> {
                    var value = random.value();
                    var bytes = ANY.encode(value);
                    assertThat(ANY.decode(bytes)).isEqualTo(value);
                    assertThat(ANY.encode(ANY.decode(bytes))).isEqualTo(bytes);
                });
    }

    @Test
    void equalRowsHaveEqualBytesWhateverTheirColumnsOrder() {
        var rows = Codec.of(Row.class);
        Seeded.runs(
                500,
                random -> {
                    var row = random.row(COLUMNS);
                    var other = Row.from(new TreeMap<>(row.toMap()).descendingMap());
                    assertThat(other).isEqualTo(row).hasSameHashCodeAs(row);
                    assertThat(rows.encode(other)).isEqualTo(rows.encode(row));
                    assertThat(rows.decode(rows.encode(row))).isEqualTo(row);
                });
    }

    @Test
    void damagedBytesAreInvalidOrAnotherValueInItsOneForm() {
        Seeded.runs(
                3_000,
                random -> {
                    var bytes = ANY.encode(random.value());
                    for (var flips = 1 + random.below(3); flips > 0; flips--) {
                        bytes[random.below(bytes.length)] ^= (byte) (1 << random.below(8));
                    }
                    decodesToItsOneFormOrIsInvalid(bytes);
                });
    }

    @Test
    void arbitraryBytesAreInvalidOrAValueInItsOneForm() {
        Seeded.runs(
                5_000,
                random -> {
                    var bytes = new byte[1 + random.below(40)];
                    for (var i = 0; i < bytes.length; i++) {
                        bytes[i] = (byte) random.bits();
                    }
                    decodesToItsOneFormOrIsInvalid(bytes);
                });
    }

    private static void decodesToItsOneFormOrIsInvalid(byte[] bytes) {
        Object value;
        try {
            value = ANY.decode(bytes);
        } catch (Invalid damaged) {
            return;
        }
        assertThat(ANY.encode(value)).isEqualTo(bytes);
    }

    @Test
    void truncatedBytesAreInvalid() {
        Seeded.runs(
                500,
                random -> {
                    var bytes = ANY.encode(random.value());
                    for (var length = 0; length < bytes.length; length++) {
                        var prefix = Arrays.copyOf(bytes, length);
                        org.assertj.core.api.Assertions.assertThatThrownBy(() -> ANY.decode(prefix))
                                .isInstanceOf(Invalid.class);
                    }
                });
    }

    // ---- codecs of Java types

    enum Colour {
        RED,
        BLUE
    }

    sealed interface Shape permits Dot, Pair, Colours {}

    record Dot(int x, double y, String label, boolean filled) implements Shape {}

    record Pair(Optional<Dot> left, List<Shape> rest, Map<Colour, Long> counts) implements Shape {}

    record Colours(Set<Colour> colours, @Nullable BigDecimal amount, Row row) implements Shape {}

    @Test
    void recordsSurviveStorageAndBothWaysAgree() {
        var codec = Codec.of(Shape.class);
        Seeded.runs(
                1_000,
                random -> {
                    var shape = shape(random, 3);
                    var bytes = codec.encode(shape);
                    assertThat(codec.decode(bytes)).isEqualTo(shape);
                    assertThat(ANY.encode(codec.toValue(shape))).isEqualTo(bytes);
                    assertThat(codec.fromValue(codec.toValue(shape))).isEqualTo(shape);
                    assertThat(codec.fromValue(ANY.decode(bytes))).isEqualTo(shape);
                });
    }

    @Test
    void damagedRecordsAreInvalidOrOtherRecords() {
        var codec = Codec.of(Shape.class);
        Seeded.runs(
                3_000,
                random -> {
                    var bytes = codec.encode(shape(random, 2));
                    bytes[random.below(bytes.length)] ^= (byte) (1 << random.below(8));
                    try {
                        codec.decode(bytes);
                    } catch (Invalid damaged) {
                        assertThat(damaged.violations()).isNotEmpty();
                    }
                });
    }

    private static Shape shape(Seeded random, int depth) {
        return switch (random.below(depth > 0 ? 3 : 1)) {
            case 0 -> dot(random);
            case 1 -> {
                var rest = new ArrayList<Shape>();
                for (var i = random.below(3); i > 0; i--) {
                    rest.add(shape(random, depth - 1));
                }
                yield new Pair(
                        random.oneIn(2) ? Optional.empty() : Optional.of(dot(random)),
                        rest,
                        Map.of(random.pick(List.of(Colour.values())), random.integer()));
            }
            default ->
                    new Colours(
                            random.oneIn(2) ? Set.of(Colour.RED) : Set.of(Colour.values()),
                            random.oneIn(2) ? null : random.decimal(),
                            random.row(COLUMNS));
        };
    }

    private static Dot dot(Seeded random) {
        return new Dot((int) random.integer(), random.number(), random.text(), random.oneIn(2));
    }

    // ---- order and keys

    @Test
    void mixedValuesHaveOneTotalOrder() {
        Seeded.runs(
                3_000,
                random -> {
                    var order = Order.comparator(List.of(Order.ascending("x").nullsFirst()));
                    var a = Row.of("x", random.valueOrNull());
                    var b = Row.of("x", random.valueOrNull());
                    var c = Row.of("x", random.valueOrNull());
                    assertThat(order.compare(a, a)).isZero();
                    assertThat(Integer.signum(order.compare(a, b)))
                            .isEqualTo(-Integer.signum(order.compare(b, a)));
                    var sorted = new ArrayList<>(List.of(a, b, c));
                    sorted.sort(order);
                    assertThat(order.compare(sorted.get(0), sorted.get(1))).isNotPositive();
                    assertThat(order.compare(sorted.get(1), sorted.get(2))).isNotPositive();
                    assertThat(order.compare(sorted.get(0), sorted.get(2))).isNotPositive();
                    var equal = order.compare(a, b) == 0;
                    assertThat(equal)
                            .isEqualTo(
                                    java.util.Objects.equals(
                                            Condition.indexed(a.value("x")),
                                            Condition.indexed(b.value("x"))));
                });
    }

    @Test
    void keysOrderAsTheirPartsAndTheirBytesDo() {
        var parts =
                Order.comparator(
                        List.of(
                                Order.ascending("0").nullsFirst(),
                                Order.ascending("1").nullsFirst()));
        Seeded.runs(
                3_000,
                random -> {
                    var left = new Object[] {random.valueOrNull(), random.valueOrNull()};
                    var right =
                            new Object[] {
                                random.oneIn(2) ? left[0] : random.valueOrNull(),
                                random.valueOrNull()
                            };
                    var leftKey = Key.of(left);
                    var rightKey = Key.of(right);
                    var expected =
                            Integer.signum(
                                    parts.compare(
                                            Row.of("0", left[0], "1", left[1]),
                                            Row.of("0", right[0], "1", right[1])));
                    assertThat(Integer.signum(leftKey.compareTo(rightKey))).isEqualTo(expected);
                    assertThat(
                                    Integer.signum(
                                            Arrays.compareUnsigned(
                                                    leftKey.bytes(), rightKey.bytes())))
                            .isEqualTo(expected);
                    assertThat(leftKey.equals(rightKey)).isEqualTo(expected == 0);
                });
    }

    @Test
    void keysSurviveTextAndBytes() {
        Seeded.runs(
                3_000,
                random -> {
                    var parts = new Object[1 + random.below(3)];
                    for (var i = 0; i < parts.length; i++) {
                        parts[i] = random.valueOrNull();
                    }
                    var key = Key.of(parts);
                    assertThat(Key.parse(key.text())).isEqualTo(key);
                    assertThat(Key.parse(key.text()).parts()).isEqualTo(key.parts());
                    assertThat(Key.fromBytes(key.bytes()).parts()).isEqualTo(key.parts());
                });
    }

    @Test
    void arbitraryTextIsOneKeysTextOrInvalid() {
        Seeded.runs(
                5_000,
                random -> {
                    var text =
                            random.pick(List.of("", "#", "@", "$", "!", "~"))
                                    + random.text()
                                    + random.text();
                    try {
                        assertThat(Key.parse(text).text()).isEqualTo(text);
                    } catch (Invalid refused) {
                        assertThat(refused.violations()).hasSize(1);
                    }
                });
    }

    @Test
    void arbitraryBytesAreOneKeysBytesOrInvalid() {
        Seeded.runs(
                5_000,
                random -> {
                    var bytes = Key.of(random.valueOrNull(), random.valueOrNull()).bytes();
                    bytes[random.below(bytes.length)] ^= (byte) (1 << random.below(8));
                    try {
                        assertThat(Key.fromBytes(bytes).bytes()).isEqualTo(bytes);
                    } catch (Invalid refused) {
                        assertThat(refused.violations()).hasSize(1);
                    }
                });
    }

    // ---- conditions

    @Test
    void conditionsAgreeWithAPlainReadingOfSql() {
        Seeded.runs(
                5_000,
                random -> {
                    var row = random.row(COLUMNS);
                    var condition = random.condition(COLUMNS, 3);
                    var expected = oracle(condition, row);
                    assertThat(condition.truth(row))
                            .as("%s of %s", condition, row)
                            .isEqualTo(expected);
                    assertThat(condition.holds(row)).isEqualTo(expected == Truth.TRUE);
                });
    }

    @Test
    void matchesHaveTheEqualitiesTheirConditionNames() {
        var found = new int[1];
        Seeded.runs(
                5_000,
                random -> {
                    var row = random.row(COLUMNS);
                    var condition = random.condition(COLUMNS, 2);
                    if (condition.holds(row)) {
                        condition
                                .equalities()
                                .forEach((column, value) -> {
                                    found[0]++;
                                    assertThat(Condition.indexed(row.value(column)))
                                            .isEqualTo(value);
                                });
                    }
                });
        assertThat(found[0]).as("a test that saw none proves none").isPositive();
    }

    /** Truth as numbers: false 0, unknown 1, true 2; and is the least, or the greatest. */
    private static Truth oracle(Condition condition, Row row) {
        return List.of(Truth.FALSE, Truth.UNKNOWN, Truth.TRUE).get(rank(condition, row));
    }

    private static int rank(Condition condition, Row row) {
        return switch (condition) {
            case Condition.All _ -> 2;
            case Condition.And(var parts) ->
                    Collections.min(parts.stream().map(part -> rank(part, row)).toList());
            case Condition.Or(var parts) ->
                    Collections.max(parts.stream().map(part -> rank(part, row)).toList());
            case Condition.Not(var part) -> 2 - rank(part, row);
            case Condition.IsNull(var column) -> row.value(column) == null ? 2 : 0;
            case Condition.In(var column, var values) ->
                    Collections.max(
                            values.stream()
                                    .map(value ->
                                            compare(
                                                    row.value(column),
                                                    Condition.Comparison.EQUAL,
                                                    value))
                                    .toList());
            case Condition.Compare(var column, var comparison, var value) ->
                    compare(row.value(column), comparison, value);
            case Condition.Contains(var column, var part) ->
                    row.value(column) instanceof String text
                            ? (text.indexOf(part) >= 0 ? 2 : 0)
                            : 1;
            case Condition.StartsWith(var column, var prefix) ->
                    row.value(column) instanceof String text
                            ? (text.indexOf(prefix) == 0 ? 2 : 0)
                            : 1;
        };
    }

    private static int compare(
            @Nullable Object actual, Condition.Comparison comparison, Object value) {
        int compared;
        if (actual instanceof Number left && value instanceof Number right) {
            compared = compareNumbers(left, right);
        } else if (actual instanceof String left && value instanceof String right) {
            compared = Arrays.compare(left.codePoints().toArray(), right.codePoints().toArray());
        } else {
            return 1;
        }
        var holds =
                switch (comparison) {
                    case EQUAL -> compared == 0;
                    case NOT_EQUAL -> compared != 0;
                    case LESS -> compared < 0;
                    case LESS_OR_EQUAL -> compared <= 0;
                    case GREATER -> compared > 0;
                    case GREATER_OR_EQUAL -> compared >= 0;
                };
        return holds ? 2 : 0;
    }

    private static int compareNumbers(Number left, Number right) {
        var leftDouble = left.doubleValue();
        var rightDouble = right.doubleValue();
        if (!Double.isFinite(leftDouble) || !Double.isFinite(rightDouble)) {
            return Double.compare(leftDouble, rightDouble);
        }
        return decimal(left).compareTo(decimal(right));
    }

    private static BigDecimal decimal(Number number) {
        return switch (number) {
            case Double binary -> new BigDecimal(binary);
            case BigDecimal decimal -> decimal;
            default -> BigDecimal.valueOf(number.longValue());
        };
    }
}
