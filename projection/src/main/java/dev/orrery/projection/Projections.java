package dev.orrery.projection;

import dev.orrery.core.OrreryException;
import dev.orrery.core.OrreryException.BadDefinition;
import dev.orrery.core.OrreryException.Closed;
import dev.orrery.core.OrreryException.Unsupported;
import dev.orrery.core.Revision;
import dev.orrery.core.Timeline;
import dev.orrery.log.EventLog;
import dev.orrery.projection.ProjectionStatus.Rebuilding;
import dev.orrery.sql.Database;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * Runs projections over a database and shows their states on a timeline.
 *
 * <p>All projections of a log are folded together, by one thread, which the factory makes; virtual
 * ones are meant. One that is behind the others, being new or defined anew, catches up in a thread
 * of its own. In a database that several processes share one of them folds each projection; the
 * others show what it stores and stand by. Thread-safe. Closing ends the threads before it returns;
 * the database, the timeline and the logs stay open.
 */
public final class Projections implements AutoCloseable {
    /**
     * How projections are run.
     *
     * @param changesKept how many changes a projection keeps at least for those who return, of all
     *     keys together; zero when nobody follows keys, or is content to get the whole each time
     * @param eventsAtOnce how many events one transaction takes at most while there are more, at
     *     least 1
     * @param lease in a database that other processes share: how long the one that folds a
     *     projection may not be heard of before another takes over
     */
    public record Options(int changesKept, int eventsAtOnce, Duration lease) {
        /** Ten seconds. */
        public static final Duration LEASE = Duration.ofSeconds(10);

        /** 200,000 changes, 65,536 events, {@link #LEASE}. */
        public static final Options DEFAULT = new Options(200_000, 65_536);

        /** With leases of {@link #LEASE}. */
        public Options(int changesKept, int eventsAtOnce) {
            this(changesKept, eventsAtOnce, LEASE);
        }

        public Options {
            if (changesKept < 0) {
                throw new OrreryException.Invalid("changes kept", "are not negative", changesKept);
            }
            if (eventsAtOnce < 1) {
                throw new OrreryException.Invalid("events at once", "are at least 1", eventsAtOnce);
            }
            if (!lease.isPositive()) {
                throw new OrreryException.Invalid("lease of projections", "is positive", lease);
            }
        }
    }

    private final Timeline timeline;
    private final Database database;
    private final ThreadFactory threads;
    private final InstantSource clock;
    private final Options options;
    private final @Nullable Leases leases;
    private final Map<String, Folder<?, ?, ?>> running = new LinkedHashMap<>();
    private final Map<EventLog<?>, LogFolds<?>> logs = new LinkedHashMap<>();
    private final List<Later<?, ?, ?>> waiting = new ArrayList<>();
    private final List<Runnable> leaving = new ArrayList<>();
    private boolean started;
    private boolean closed;

    /** A projection that is to be folded from the start on. */
    private record Later<E, K, S>(
            LogFolds<E> folds,
            Folder<E, K, S> folder,
            @Nullable Life<E, K, S> building,
            @Nullable InlineFold<E, K, S> inline,
            @Nullable SharedFold<E, K, S> shared) {
        private void start() {
            if (shared != null) {
                folds.share(shared);
            } else if (inline != null) {
                folds.takeInline(folder, inline, building);
            } else if (building == null) {
                folds.take(folder);
            } else if (folder.life().folding() == null) {
                folds.take(folder, building);
            } else {
                folds.take(folder);
                folds.rebuild(folder, building);
            }
        }

        private long position() {
            return folder.position().number();
        }
    }

    /**
     * Projections with {@link Options#DEFAULT}.
     *
     * @param timeline where states become visible; begun at {@link #lastRevision} of the same
     *     database
     * @param database where states are kept
     * @param threads makes the thread of each log
     * @param clock tells how old a state is
     */
    public Projections(
            Timeline timeline, Database database, ThreadFactory threads, InstantSource clock) {
        this(timeline, database, threads, clock, Options.DEFAULT);
    }

    /** Projections that are run as the options say. */
    public Projections(
            Timeline timeline,
            Database database,
            ThreadFactory threads,
            InstantSource clock,
            Options options) {
        this.timeline = timeline;
        this.database = database;
        this.threads = threads;
        this.clock = clock;
        this.options = options;
        this.leases = database.dialect().isShared() ? new Leases(database, options.lease()) : null;
        database.install(FoldFormat.FORMAT);
    }

    /**
     * The greatest revision that projections have stored in a database: where its timeline goes on
     * after a restart.
     */
    public static Revision lastRevision(Database database) {
        return new Revision(FoldTables.lastRevision(database));
    }

    /**
     * Makes a projection live: its states as they were stored, at once, and from {@link #start} on
     * what the log holds.
     *
     * <p>A definition whose version is not the stored one is folded anew from the first event, into
     * a new epoch beside the old one, which is served until then.
     *
     * <p>The same happens when stored states do not decode any more; those that do are served until
     * then, from a position that is the beginning: whoever waits for one waits for the new states,
     * and requiring a state that is not there is refused as {@link OrreryException.Unavailable}.
     *
     * @throws BadDefinition when one of that name runs already, or was folded from another log
     */
    public <E, K, S> LiveProjection<K, S> run(
            EventLog<E> log, Projection<? super E, K, S> projection) {
        return begin(log, projection, false).relation();
    }

    /**
     * Makes a projection live that is folded in the transaction of each append to its log: who has
     * appended finds the states, without waiting. Each of its batches is a commit of its own.
     *
     * <p>Appends take longer by what it does. A fold that throws parks its key, as ever; one that
     * is answered with a stop refuses the append.
     *
     * @throws Unsupported in a database that is shared with other processes, whose appends would go
     *     without it
     */
    public <E, K, S> LiveProjection<K, S> runInline(
            EventLog<E> log, Projection<? super E, K, S> projection) {
        if (database.dialect().isShared()) {
            throw new Unsupported(
                    "fold projection " + projection.name() + " within appends",
                    "a database shared with other processes");
        }
        return begin(log, projection, true).relation();
    }

    /** Makes a projection with differences live, as {@link #run(EventLog, Projection)} does. */
    @SuppressWarnings("unchecked") // the relation hands out what the definition's differences are
    public <E, K, S, D> LiveDeltaProjection<K, S, D> run(
            EventLog<E> log, DeltaProjection<? super E, K, S, D> projection) {
        return (LiveDeltaProjection<K, S, D>) begin(log, projection, false).relation();
    }

    private synchronized <E, K, S> Folder<E, K, S> begin(
            EventLog<E> log, Projection<? super E, K, S> projection, boolean inline) {
        if (closed) {
            throw new Closed("what runs projections");
        }
        String name = projection.name();
        if (running.containsKey(name)) {
            throw new BadDefinition(
                    "projection " + name, "is running already", "give one of them another name");
        }
        Folder<E, K, S> folder = open(log, projection, inline);
        running.put(name, folder);
        return folder;
    }

    private <E, K, S> Folder<E, K, S> open(
            EventLog<E> log, Projection<? super E, K, S> projection, boolean inline) {
        Folding<E, K, S> folding =
                Folding.of(projection, clock, options.changesKept(), database.dialect().isShared());
        FoldTables.Opened opened =
                FoldTables.open(
                        database,
                        leases,
                        projection.name(),
                        log.start().log(),
                        projection.version());
        Lives<E, K, S> lives =
                leases == null
                        ? Lives.load(opened, folding, log.start().log())
                        : Lives.loadShared(database, opened, folding, log.start().log());
        LogFolds<E> folds = of(log);
        Folder<E, K, S> folder =
                new Folder<>(
                        folding,
                        log,
                        timeline,
                        database,
                        opened.tables(),
                        lives.served(),
                        lives.previous(),
                        folds,
                        new Workers(threads, Runtime.getRuntime().availableProcessors()));
        if (lives.building() != null && lives.served().folding() == null) {
            folder.tell(new Rebuilding(lives.building().epoch().position()));
        }
        Later<E, K, S> next =
                new Later<>(
                        folds,
                        folder,
                        lives.building(),
                        inline ? inlineFold(folder) : null,
                        leases == null ? null : folder.share(leases));
        if (started) {
            next.start();
        } else {
            waiting.add(next);
        }
        return folder;
    }

    private <E, K, S> InlineFold<E, K, S> inlineFold(Folder<E, K, S> folder) {
        InlineFold<E, K, S> inline = new InlineFold<>(folder, timeline, options.eventsAtOnce());
        leaving.add(() -> folder.log().leave(inline));
        return inline;
    }

    @SuppressWarnings("unchecked") // these are made here only, for the log they stand with
    private <E> LogFolds<E> of(EventLog<E> log) {
        return (LogFolds<E>)
                logs.computeIfAbsent(
                        log,
                        _ ->
                                new LogFolds<>(
                                        log,
                                        database,
                                        timeline,
                                        threads,
                                        options.eventsAtOnce(),
                                        leases));
    }

    /** Begins to fold: what was made live so far, and from here on what is made live later. */
    public synchronized void start() {
        if (closed) {
            throw new Closed("what runs projections");
        }
        started = true;
        waiting.sort(Comparator.comparingLong((Later<?, ?, ?> one) -> one.position()).reversed());
        waiting.forEach(Later::start); // the furthest first: who is behind it catches up alone
        waiting.clear();
    }

    /**
     * Ends every projection: what is under way is finished or left for the next time, and nothing
     * is lost.
     */
    @Override
    public void close() {
        List<Folder<?, ?, ?>> ending;
        List<LogFolds<?>> ofLogs;
        synchronized (this) {
            closed = true;
            ending = List.copyOf(running.values());
            ofLogs = List.copyOf(logs.values());
            leaving.forEach(Runnable::run);
        }
        ending.forEach(Folder::close);
        ofLogs.forEach(LogFolds::close);
        ending.forEach(folder -> folder.wakes().wakeAll());
    }
}
