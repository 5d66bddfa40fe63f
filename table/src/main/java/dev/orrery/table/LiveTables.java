package dev.orrery.table;

import dev.orrery.core.Key;
import dev.orrery.core.KeyValueStore;
import dev.orrery.core.OrreryException.BadDefinition;
import dev.orrery.core.OrreryException.Closed;
import dev.orrery.core.OrreryException.Unavailable;
import dev.orrery.core.Row;
import dev.orrery.core.SegmentLog;
import dev.orrery.core.Timeline;
import dev.orrery.sql.Database;
import dev.orrery.sql.SqlKeyValueStore;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Opens live tables: the front door of this module.
 *
 * <p>All tables opened by one of these share a timeline, a cache of rows, and a clock; each has an
 * outbox and a thread of its own. Thread-safe.
 */
public final class LiveTables implements AutoCloseable {
    private static final int OUTBOX_SEGMENT_BYTES = 256 << 10;

    private final Timeline timeline;
    private final KeyValueStore cache;
    private final Function<String, SegmentLog> outboxes;
    private final ThreadFactory threads;
    private final InstantSource clock;
    private final LongSupplier nanos;
    private final Runnable closing;
    private final Map<String, LiveTable<?, ?>> open = new LinkedHashMap<>();
    private boolean closed;

    private LiveTables(
            Timeline timeline,
            KeyValueStore cache,
            Function<String, SegmentLog> outboxes,
            ThreadFactory threads,
            InstantSource clock,
            LongSupplier nanos,
            Runnable closing) {
        this.timeline = timeline;
        this.cache = cache;
        this.outboxes = outboxes;
        this.threads = threads;
        this.clock = clock;
        this.nanos = nanos;
        this.closing = closing;
    }

    /**
     * Live tables over given storage.
     *
     * @param cache keeps the rows that sources told; stays open when these are closed
     * @param outboxes opens the log of a live table's pending writes, by the table's name; closed
     *     with the table
     * @param threads makes the thread of each table
     * @param clock says when to ask and when to try again
     */
    public static LiveTables over(
            Timeline timeline,
            KeyValueStore cache,
            Function<String, SegmentLog> outboxes,
            ThreadFactory threads,
            InstantSource clock) {
        return over(timeline, cache, outboxes, threads, clock, System::nanoTime);
    }

    /**
     * Live tables over given storage, whose writes know their times.
     *
     * @param nanos a clock for intervals
     */
    public static LiveTables over(
            Timeline timeline,
            KeyValueStore cache,
            Function<String, SegmentLog> outboxes,
            ThreadFactory threads,
            InstantSource clock,
            LongSupplier nanos) {
        return new LiveTables(timeline, cache, outboxes, threads, clock, nanos, () -> {});
    }

    /**
     * Live tables that keep what they keep in a directory of their own.
     *
     * @throws dev.orrery.core.OrreryException.StorageFailure when it cannot be used
     */
    public static LiveTables in(
            Timeline timeline, Path directory, ThreadFactory threads, InstantSource clock) {
        Database database = Database.open(directory.resolve("rows.db"));
        return new LiveTables(
                timeline,
                SqlKeyValueStore.open(database, "live_rows"),
                name -> outboxIn(directory, name),
                threads,
                clock,
                System::nanoTime,
                database::close);
    }

    /** The outbox of a live table, in a directory under this one. */
    public static SegmentLog outboxIn(Path directory, String name) {
        return SegmentLog.open(
                directory.resolve("outbox").resolve(fileName(name)),
                SegmentLog.Options.DEFAULT.segmentBytes(OUTBOX_SEGMENT_BYTES));
    }

    /** A name every file system takes, different for different names. */
    private static String fileName(String name) {
        StringBuilder safe = new StringBuilder();
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-') {
                safe.append(c);
            } else {
                safe.append('_').append(Integer.toHexString(c)).append('_');
            }
        }
        return safe.toString();
    }

    /**
     * Opens a live table: its rows are there when this returns.
     *
     * <p>Rows known from before are served at once, writes still pending on top, also when the
     * source is away. The first time, all rows are fetched.
     *
     * @throws BadDefinition when the definition does not fit the source, or its name is taken
     * @throws Unavailable when the source is away and nothing is known from before
     */
    public synchronized <K, V> LiveTable<K, V> open(Live<K, V> definition) {
        if (closed) {
            throw new Closed("live tables");
        }
        String name = definition.name();
        if (open.containsKey(name)) {
            throw new BadDefinition(
                    name, "is already a live table", "give the other one a name with named(...)");
        }
        LiveRelation<K, V> table = assemble(definition);
        table.start();
        open.put(name, table);
        return table;
    }

    private <K, V> LiveRelation<K, V> assemble(Live<K, V> definition) {
        BaseCache rows = new BaseCache(cache, definition.name());
        Known known = learn(definition.table(), rows);
        RowMapping<K, V> mapping = RowMapping.of(definition, known.schema());
        Overlay overlay = new Overlay(known.schema()::complete);
        known.rows().forEach((key, row) -> overlay.learn(key, Optional.of(row)));
        Outbox outbox = new Outbox(definition.name(), outboxes.apply(definition.name()));
        try {
            outbox.replayInto(overlay);
            return new LiveRelation<>(
                    timeline,
                    definition,
                    known.schema(),
                    mapping,
                    overlay,
                    parts(definition, overlay, outbox, rows, known),
                    nanos);
        } catch (RuntimeException e) {
            outbox.close();
            throw e;
        }
    }

    private LiveRelation.Parts parts(
            Live<?, ?> definition, Overlay overlay, Outbox outbox, BaseCache rows, Known known) {
        return new LiveRelation.Parts() {
            @Override
            public Reducer reducer(Reducer.Screen screen) {
                return new Reducer(timeline, definition.options(), overlay, outbox, rows, screen);
            }

            @Override
            public Courier courier(Reducer reducer) {
                return new Courier(
                        timeline.epoch(),
                        definition.options(),
                        reducer,
                        threads,
                        clock,
                        known.mark(),
                        known.away());
            }
        };
    }

    /**
     * What is known of a table when it is opened.
     *
     * @param mark the source's mark before the rows were fetched, null when they are cached
     * @param away why the source could not be reached, null when it could
     */
    private record Known(
            Schema schema, Map<Key, Row> rows, @Nullable Object mark, @Nullable Unavailable away) {}

    private static Known learn(Table table, BaseCache cache) {
        Optional<BaseCache.Cached> cached = cache.load();
        Schema found;
        try {
            found = table.driver().schema();
        } catch (Unavailable away) {
            BaseCache.Cached kept = cached.orElseThrow(() -> away);
            return new Known(table.rules().apply(kept.schema()), kept.rows(), null, away);
        }
        Schema schema = table.rules().apply(found);
        if (cached.isPresent() && cached.get().schema().equals(found)) {
            return new Known(schema, cached.get().rows(), null, null);
        }
        Object mark = table.can(Capability.MARK) ? table.driver().mark() : null;
        Map<Key, Row> rows = Courier.rows(table); // learning: makes no revision
        cache.fill(found, rows);
        return new Known(schema, rows, mark, null);
    }

    /** Closes every table that was opened here, and what was opened for them. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        open.values().forEach(LiveTable::close);
        closing.run();
    }
}
