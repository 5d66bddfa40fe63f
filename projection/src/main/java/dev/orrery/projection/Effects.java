package dev.orrery.projection;

import dev.orrery.core.OrreryException.BadDefinition;
import dev.orrery.core.OrreryException.Closed;
import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.log.EventLog;
import dev.orrery.sql.Database;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadFactory;
import java.util.function.Function;

/**
 * Runs effects: consumers of logs that do something in the world outside, each with a position of
 * its own.
 *
 * <p>Of the processes that share a database one is at work on an effect, and the others stand by:
 * it holds a lease, and what it stores is refused once another has taken over. Thread-safe. Closing
 * waits for what is under way; the database and the logs stay open.
 */
public final class Effects implements AutoCloseable {
    /** How long another process may not be heard of, when nothing else is said. */
    public static final Duration LEASE = Duration.ofSeconds(10);

    private final Database database;
    private final ThreadFactory threads;
    private final InstantSource clock;
    private final Duration lease;
    private final Map<String, TendedEffect<?, ?>> running = new LinkedHashMap<>();
    private boolean started;
    private boolean closed;

    /** Effects that keep where they are in a database, with leases of {@link #LEASE}. */
    public Effects(Database database, ThreadFactory threads, InstantSource clock) {
        this(database, threads, clock, LEASE);
    }

    /**
     * Effects that keep where they are in a database.
     *
     * @param lease how long a process that shares the database may not be heard of before another
     *     takes its effects over; what it had under way then is done again
     * @param threads makes threads for what is done; virtual ones are meant
     * @param clock tells when something is due
     */
    public Effects(Database database, ThreadFactory threads, InstantSource clock, Duration lease) {
        if (!lease.isPositive()) {
            throw new Invalid("lease of effects", "is positive", lease);
        }
        this.lease = lease;
        this.database = database;
        this.threads = threads;
        this.clock = clock;
        EffectTables.install(database);
    }

    /**
     * Makes an effect live: from {@link #start} on it is done for what the log holds after its
     * position.
     *
     * @param shown projections whose states the effect reads: an event is handed over once all of
     *     them show it. One that is folded anew makes no event come again
     * @throws BadDefinition when one of that name runs already, or has handled another log
     */
    public synchronized <E, K> LiveEffect<K> run(
            EventLog<? extends E> log, Effect<E, K> effect, LiveProjection<?, ?>... shown) {
        if (closed) {
            throw new Closed("what runs effects");
        }
        String name = effect.name();
        if (running.containsKey(name)) {
            throw new BadDefinition(
                    "effect " + name, "is running already", "give one of them another name");
        }
        long begin = effect.beginsWithFirstEvent() ? 0 : log.head().number();
        EffectTables.Opened opened = EffectTables.open(database, name, log.start().log(), begin);
        EffectTally tally = new EffectTally();
        Function<EffectTables.Opened, EffectRunner<E, K>> runners =
                place ->
                        new EffectRunner<>(
                                effect, log, place, tally, List.of(shown), threads, clock);
        EffectTables tables = opened.tables();
        boolean isShared = database.dialect().isShared();
        EffectLease held =
                isShared ? EffectLease.shared(tables, clock, lease) : EffectLease.alone(tables);
        TendedEffect<E, K> live = new TendedEffect<>(name, tables, held, runners, threads);
        if (!isShared) {
            live.prepare(opened);
        }
        running.put(name, live);
        if (started) {
            live.start();
        }
        return live;
    }

    /** Begins: with what was made live so far, and from here on with what is made live later. */
    public synchronized void start() {
        if (closed) {
            throw new Closed("what runs effects");
        }
        if (!started) {
            started = true;
            running.values().forEach(TendedEffect::start);
        }
    }

    @Override
    public void close() {
        List<TendedEffect<?, ?>> ending;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            ending = List.copyOf(running.values());
        }
        ending.forEach(TendedEffect::close);
    }
}
