package dev.orrery.testkit;

import dev.orrery.core.Bytes;
import dev.orrery.core.Condition;
import dev.orrery.core.Condition.Comparison;
import dev.orrery.core.Row;
import dev.orrery.core.ValueType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A random source that knows its seed, for tests: values, rows and conditions that lean towards the
 * awkward ones.
 *
 * <p>{@code Seeded.runs(500, random -> …)} runs a property with fresh seeds; a failure names the
 * seed, and {@code -Dorrery.seed=…} runs that one alone. The same seed gives the same values.
 * Confined to one thread.
 */
public final class Seeded {
    /** The system property that fixes the seed. */
    public static final String PROPERTY = "orrery.seed";

    private static final int MAX_DEPTH = 3;
    private static final List<String> TEXTS =
            List.of(
                    "",
                    "a",
                    "b",
                    "ab",
                    "A",
                    "CA",
                    "\u0000",
                    "a\u0000",
                    "é",
                    "\uffff",
                    "\ud83d\ude00",
                    "~/#",
                    "'");
    private static final List<Long> WHOLES =
            List.of(
                    0L,
                    1L,
                    -1L,
                    23L,
                    24L,
                    255L,
                    256L,
                    65_535L,
                    65_536L,
                    1L << 32,
                    (1L << 53) + 1,
                    Long.MIN_VALUE,
                    Long.MAX_VALUE);
    private static final List<Double> NUMBERS =
            List.of(
                    0.0,
                    -0.0,
                    1.0,
                    -1.5,
                    0.1,
                    65_504.0,
                    1e-8,
                    1e300,
                    0x1p63,
                    Double.MIN_VALUE,
                    Double.MAX_VALUE,
                    Double.NaN,
                    Double.POSITIVE_INFINITY,
                    Double.NEGATIVE_INFINITY);
    private static final List<String> DECIMALS =
            List.of(
                    "0",
                    "1",
                    "1.0",
                    "1.00",
                    "0.1",
                    "-0.1",
                    "1E+3",
                    "1000",
                    "9223372036854775808",
                    "1E-300",
                    "-12.50");

    private final long seed;
    private final SplittableRandom random;

    private Seeded(long seed) {
        this.seed = seed;
        this.random = new SplittableRandom(seed);
    }

    /** The source of a seed. */
    public static Seeded of(long seed) {
        return new Seeded(seed);
    }

    /**
     * Runs a property with that many fresh seeds, or with the one that {@code -Dorrery.seed} names.
     *
     * @throws AssertionError naming the seed, when the property fails
     */
    public static void runs(int runs, Consumer<Seeded> property) {
        var fixed = Long.getLong(PROPERTY);
        if (fixed != null) {
            run(fixed, property);
            return;
        }
        var seeds = new SplittableRandom();
        for (var i = 0; i < runs; i++) {
            run(seeds.nextLong(), property);
        }
    }

    private static void run(long seed, Consumer<Seeded> property) {
        try {
            property.accept(new Seeded(seed));
        } catch (Throwable failure) {
            throw new AssertionError(
                    "failed with seed "
                            + seed
                            + "; repeat with -D"
                            + PROPERTY
                            + "="
                            + seed
                            + "\n"
                            + failure,
                    failure);
        }
    }

    /** The seed this began with. */
    public long seed() {
        return seed;
    }

    /** A whole number from 0 to below a bound. */
    public int below(int bound) {
        return random.nextInt(bound);
    }

    /** True once in so many. */
    public boolean oneIn(int many) {
        return random.nextInt(many) == 0;
    }

    /** One of these. */
    public <T> T pick(List<T> choices) {
        return choices.get(below(choices.size()));
    }

    /** Any long. */
    public long bits() {
        return random.nextLong();
    }

    // ---- values

    /** A value of any type, in normal form, or null once in a while. */
    public @Nullable Object valueOrNull() {
        return oneIn(10) ? null : value();
    }

    /** A value of any type, in normal form. */
    public Object value() {
        return value(pick(List.of(ValueType.values())));
    }

    /** A value of a type, in normal form. */
    public Object value(ValueType type) {
        return value(type, 0);
    }

    private Object value(ValueType type, int depth) {
        return switch (type) {
            case TEXT -> text();
            case INTEGER -> integer();
            case NUMBER -> number();
            case DECIMAL -> decimal();
            case FLAG -> oneIn(2);
            case BYTES -> bytes();
            case INSTANT ->
                    Instant.ofEpochSecond(
                            random.nextLong(-1L << 35, 1L << 35),
                            oneIn(2) ? 0 : below(1_000_000_000));
            case DATE -> LocalDate.ofEpochDay(random.nextLong(-1_000_000, 1_000_000));
            case LIST -> list(depth);
            case MAP -> map(depth);
        };
    }

    /** Well-formed text, mostly short. */
    public String text() {
        if (oneIn(2)) {
            return pick(TEXTS);
        }
        var text = new StringBuilder();
        for (var i = below(12); i > 0; i--) {
            text.append(oneIn(4) ? pick(TEXTS) : String.valueOf((char) ('a' + below(26))));
        }
        return text.toString();
    }

    /** Any long, often one near a boundary. */
    public long integer() {
        return switch (below(3)) {
            case 0 -> pick(WHOLES);
            case 1 -> random.nextLong(-10, 10);
            default -> random.nextLong() >> below(64);
        };
    }

    /** Any double. */
    public double number() {
        return switch (below(3)) {
            case 0 -> pick(NUMBERS);
            case 1 -> random.nextInt(-10, 10) / 4.0;
            default -> Double.longBitsToDouble(random.nextLong());
        };
    }

    /** A decimal of moderate size, within the range of doubles. */
    public BigDecimal decimal() {
        return oneIn(2)
                ? new BigDecimal(pick(DECIMALS))
                : new BigDecimal(
                        BigInteger.valueOf(random.nextLong()).shiftLeft(below(100)),
                        random.nextInt(-20, 60));
    }

    private Bytes bytes() {
        var bytes = new byte[below(oneIn(5) ? 300 : 6)];
        random.nextBytes(bytes);
        return Bytes.of(bytes);
    }

    private List<@Nullable Object> list(int depth) {
        var list = new ArrayList<@Nullable Object>();
        for (var i = below(depth < MAX_DEPTH ? 4 : 1); i > 0; i--) {
            list.add(element(depth));
        }
        return list;
    }

    private Map<String, @Nullable Object> map(int depth) {
        var map = new LinkedHashMap<String, @Nullable Object>();
        for (var i = below(depth < MAX_DEPTH ? 4 : 1); i > 0; i--) {
            map.put(text(), element(depth));
        }
        return map;
    }

    private @Nullable Object element(int depth) {
        return oneIn(8) ? null : value(pick(List.of(ValueType.values())), depth + 1);
    }

    // ---- rows and conditions

    /** A row that has most of these columns, with values of any type. */
    public Row row(List<String> columns) {
        var values = new LinkedHashMap<String, @Nullable Object>();
        for (var column : columns) {
            if (!oneIn(6)) {
                values.put(column, oneIn(5) ? null : oneIn(4) ? value() : common());
            }
        }
        return Row.from(values);
    }

    /** A value that others are likely to equal. */
    private Object common() {
        return switch (below(4)) {
            case 0 -> (long) below(3);
            case 1 -> below(6) / 2.0;
            case 2 -> new BigDecimal(pick(DECIMALS));
            default -> pick(TEXTS);
        };
    }

    /** A condition over these columns, nested up to a depth. */
    public Condition condition(List<String> columns, int depth) {
        return switch (below(depth > 0 ? 10 : 6)) {
            case 0, 1, 2 ->
                    new Condition.Compare(
                            pick(columns), pick(List.of(Comparison.values())), common());
            case 3 -> Condition.in(pick(columns), List.of(common(), common(), common()));
            case 4 -> new Condition.IsNull(pick(columns));
            case 5 ->
                    oneIn(2)
                            ? new Condition.Contains(pick(columns), pick(TEXTS))
                            : new Condition.StartsWith(pick(columns), pick(TEXTS));
            case 6, 7 -> condition(columns, depth - 1).and(condition(columns, depth - 1));
            case 8 -> condition(columns, depth - 1).or(condition(columns, depth - 1));
            default -> condition(columns, depth - 1).not();
        };
    }

    /** The seed. */
    @Override
    public String toString() {
        return "seed " + seed;
    }
}
