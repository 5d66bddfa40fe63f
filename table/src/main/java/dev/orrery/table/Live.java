package dev.orrery.table;

import dev.orrery.core.OrreryException.BadDefinition;
import dev.orrery.core.Row;
import java.time.Duration;

/**
 * How a live copy of a table is kept: a definition, made live by {@link LiveTables#open}.
 *
 * <pre>{@code
 * Live.of(table).outbox(256, Overflow.REFUSE).pollEvery(Duration.ofMillis(250)).as(String.class, Airport.class)
 * }</pre>
 *
 * Immutable.
 *
 * @param <K> the class of the id
 * @param <V> the class of the values: a record, or {@link Row}
 */
public final class Live<K, V> {
    private final Options options;
    private final Class<K> keyClass;
    private final Class<V> valueClass;

    private Live(Options options, Class<K> keyClass, Class<V> valueClass) {
        this.options = options;
        this.keyClass = keyClass;
        this.valueClass = valueClass;
    }

    /**
     * A copy of a table, with the usual options: whole, an outbox of 256 that refuses, polled every
     * 250 milliseconds, tried again after 200 milliseconds and then ever more rarely, up to 30
     * seconds.
     */
    public static Options of(Table table) {
        return new Options(
                table,
                table.name(),
                Loading.whole(),
                256,
                Overflow.REFUSE,
                Duration.ofSeconds(30),
                Duration.ofMillis(250),
                Duration.ofMillis(200),
                Duration.ofSeconds(30));
    }

    /** The name of the live table: in the console, and of what it stores. */
    public String name() {
        return options.name();
    }

    /** The table it copies. */
    public Table table() {
        return options.table();
    }

    /** The class of the id. */
    public Class<K> keyClass() {
        return keyClass;
    }

    /** The class of the values. */
    public Class<V> valueClass() {
        return valueClass;
    }

    Options options() {
        return options;
    }

    @Override
    public String toString() {
        return "live " + name();
    }

    /**
     * The options of a definition on its way; {@link #as} finishes it. Immutable.
     *
     * @param table the table to copy
     * @param name the name of the copy
     * @param loading how much is held
     * @param outboxCapacity how many writes may wait for the source
     * @param overflow what a write does when the outbox is full
     * @param blockAtMost how long it waits then, if it waits
     * @param pollEvery how often the source is asked whether anything changed
     * @param retryFirst after what time an unreachable source is tried again
     * @param retryAtMost the longest time between two tries; each waits twice as long as the last
     */
    public record Options(
            Table table,
            String name,
            Loading loading,
            int outboxCapacity,
            Overflow overflow,
            Duration blockAtMost,
            Duration pollEvery,
            Duration retryFirst,
            Duration retryAtMost) {

        /** Checks the name and the numbers. */
        public Options {
            if (name.isBlank() || name.indexOf(':') >= 0) {
                throw new BadDefinition(
                        "the name of a live table",
                        "is '" + name + "'",
                        "choose one that is not blank and has no colon, with named(...)");
            }
            if (outboxCapacity < 1) {
                throw new BadDefinition(
                        "outbox of " + name, "holds " + outboxCapacity, "let it hold at least 1");
            }
            requirePositive(name, "poll interval", pollEvery);
            requirePositive(name, "first retry", retryFirst);
            requirePositive(name, "longest retry", retryAtMost);
        }

        private static void requirePositive(String name, String what, Duration duration) {
            if (!duration.isPositive()) {
                throw new BadDefinition(
                        what + " of " + name, "is " + duration, "choose more than nothing");
            }
        }

        /**
         * Another name than the table's.
         *
         * @throws BadDefinition when it is blank or has a colon
         */
        public Options named(String other) {
            return new Options(
                    table,
                    other,
                    loading,
                    outboxCapacity,
                    overflow,
                    blockAtMost,
                    pollEvery,
                    retryFirst,
                    retryAtMost);
        }

        /** How much is held. */
        public Options load(Loading other) {
            return new Options(
                    table,
                    name,
                    other,
                    outboxCapacity,
                    overflow,
                    blockAtMost,
                    pollEvery,
                    retryFirst,
                    retryAtMost);
        }

        /** How many writes may wait for the source, and what a further one does. */
        public Options outbox(int capacity, Overflow further) {
            return new Options(
                    table,
                    name,
                    loading,
                    capacity,
                    further,
                    blockAtMost,
                    pollEvery,
                    retryFirst,
                    retryAtMost);
        }

        /** How long a write waits at most for room in a full outbox that blocks. */
        public Options blockAtMost(Duration longest) {
            return new Options(
                    table,
                    name,
                    loading,
                    outboxCapacity,
                    overflow,
                    longest,
                    pollEvery,
                    retryFirst,
                    retryAtMost);
        }

        /** How often the source is asked whether anything changed. */
        public Options pollEvery(Duration interval) {
            return new Options(
                    table,
                    name,
                    loading,
                    outboxCapacity,
                    overflow,
                    blockAtMost,
                    interval,
                    retryFirst,
                    retryAtMost);
        }

        /** After what time an unreachable source is tried again, first and at most. */
        public Options retry(Duration first, Duration atMost) {
            return new Options(
                    table,
                    name,
                    loading,
                    outboxCapacity,
                    overflow,
                    blockAtMost,
                    pollEvery,
                    first,
                    atMost);
        }

        /** The definition: by the class of the id and a record class, or {@link Row}. */
        public <K, V> Live<K, V> as(Class<K> keyClass, Class<V> valueClass) {
            return new Live<>(this, keyClass, valueClass);
        }
    }
}
