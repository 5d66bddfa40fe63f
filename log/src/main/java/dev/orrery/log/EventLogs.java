package dev.orrery.log;

import dev.orrery.core.Codec;
import dev.orrery.core.OrreryException.BadDefinition;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.Type;
import dev.orrery.sql.Database;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * Opens the event logs of a database by name.
 *
 * <p>A log is opened once: asking again gives the same one. Only one {@code EventLogs} may be at
 * work on an embedded database, since a reader is woken by appends made here; on a shared one there
 * may be any number, in any process. Thread-safe; holds nothing that would need closing but the
 * database it was given.
 */
public final class EventLogs {
    private static final int EPOCH_DIGITS = 12;

    private final Database database;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final LongSupplier nanos;
    private final Consumer<Appended> told;
    private final Map<String, Opened<?>> opened = new ConcurrentHashMap<>();

    private record Opened<E>(Type<E> type, SqlEventLog<E> log) {}

    /**
     * Logs in a database.
     *
     * @param clock tells when an event was appended
     * @param random names new logs, so that places in a log are not mistaken for places in another
     */
    public EventLogs(Database database, InstantSource clock, RandomGenerator random) {
        this(database, clock, random, System::nanoTime, _ -> {});
    }

    /**
     * Logs in a database, of whose appends somebody is told.
     *
     * @param nanos a clock for intervals
     * @param told is told of all that became durable, before anybody can read it, on an appending
     *     thread and under the lock of its log: it must be quick and must not throw
     */
    public EventLogs(
            Database database,
            InstantSource clock,
            RandomGenerator random,
            LongSupplier nanos,
            Consumer<Appended> told) {
        this.database = database;
        this.clock = clock;
        this.random = random;
        this.nanos = nanos;
        this.told = told;
        database.install(EventTable.FORMAT);
    }

    /** The log of a name, for events of a class or a sealed family; begun if there is none. */
    public <E> EventLog<E> open(String name, Class<E> event) {
        return open(name, Type.of(event));
    }

    /** The log of a name, for events of a type; begun if there is none. */
    public <E> EventLog<E> open(String name, Type<E> event) {
        return open(name, event, Codec.of(event));
    }

    /**
     * The log of a name whose events are stored through a codec of the caller's; begun if there is
     * none.
     */
    public <E> EventLog<E> open(String name, Type<E> event, Codec<E> codec) {
        if (name.isBlank()) {
            throw new Invalid("log name", "is not blank", name);
        }
        Opened<?> known =
                opened.computeIfAbsent(
                        name,
                        _ ->
                                new Opened<>(
                                        event,
                                        new SqlEventLog<>(
                                                EventTable.open(database, name, this::newEpoch),
                                                codec,
                                                clock,
                                                nanos,
                                                told)));
        if (!known.type.equals(event)) {
            throw new BadDefinition(
                    "log " + name,
                    "is open for events of " + known.type + ", asked for " + event,
                    "name one sealed family of events for the log");
        }
        @SuppressWarnings("unchecked") // types are equal
        EventLog<E> log = (EventLog<E>) known.log;
        return log;
    }

    private String newEpoch() {
        StringBuilder epoch = new StringBuilder(EPOCH_DIGITS);
        for (int i = 0; i < EPOCH_DIGITS; i++) {
            epoch.append(
                    Character.forDigit(random.nextInt(Character.MAX_RADIX), Character.MAX_RADIX));
        }
        return epoch.toString();
    }
}
