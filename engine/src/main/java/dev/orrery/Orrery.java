package dev.orrery;

import dev.orrery.channel.AccessPolicy;
import dev.orrery.channel.Channels;
import dev.orrery.channel.Outgoing;
import dev.orrery.channel.SharedPresence;
import dev.orrery.core.Codec;
import dev.orrery.core.Feed;
import dev.orrery.core.KeyValueStore;
import dev.orrery.core.OrreryException;
import dev.orrery.core.Relation;
import dev.orrery.core.Revision;
import dev.orrery.core.Row;
import dev.orrery.core.SegmentLog;
import dev.orrery.core.Timeline;
import dev.orrery.core.Update;
import dev.orrery.core.Versioned;
import dev.orrery.graph.Graph;
import dev.orrery.graph.Graphs;
import dev.orrery.graph.Ontology;
import dev.orrery.log.EventBus;
import dev.orrery.log.EventLog;
import dev.orrery.log.EventLogs;
import dev.orrery.projection.DeltaProjection;
import dev.orrery.projection.Effect;
import dev.orrery.projection.Effects;
import dev.orrery.projection.LiveDeltaProjection;
import dev.orrery.projection.LiveEffect;
import dev.orrery.projection.LiveProjection;
import dev.orrery.projection.Projection;
import dev.orrery.projection.Projections;
import dev.orrery.query.Explanation;
import dev.orrery.query.Input;
import dev.orrery.query.Queries;
import dev.orrery.query.Query;
import dev.orrery.query.QueryStore;
import dev.orrery.query.SingleInput;
import dev.orrery.query.Snapshot;
import dev.orrery.sql.Database;
import dev.orrery.sql.SqlKeyValueStore;
import dev.orrery.table.Live;
import dev.orrery.table.LiveTable;
import dev.orrery.table.LiveTables;
import dev.orrery.table.Table;
import dev.orrery.view.Aggregate;
import dev.orrery.view.Select;
import dev.orrery.view.TableView;
import dev.orrery.view.ValueView;
import dev.orrery.view.Views;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * The front door: say where facts live and what you derive from them, start, and watch.
 *
 * <p>What is defined here is live on one timeline, kept in one directory, and closed together.
 * Facts are event logs, live copies of tables, and inputs; derived from them are projections,
 * queries and views. Each projection, query and live table can be followed by name through {@link
 * #channels}, as far as the access policy allows, which is nobody until one is given.
 *
 * <p>Thread-safe. Nothing is folded before {@link #start}.
 */
public final class Orrery implements AutoCloseable {
    private final Database database;
    private final ThreadFactory threads;
    private final Supplier<String> epochs;
    private final Timeline timeline;
    private final EventLogs logs;
    private final EventBus events;
    private final Projections projections;
    private final Effects effects;
    private final LiveTables tables;
    private final Queries queries;
    private final Optional<SavingRhythm> saving;
    private final Views views;
    private final Channels channels;
    private final EngineClock clock;
    private final Function<String, Graphs> graphs;
    private final Layers layers = new Layers();
    private final ServedViews served = new ServedViews();
    private final Serving serving;
    private final CommitNotes notes;
    private final SentBytes sent;
    private final CommitRecorder recorder;
    private final Map<String, LiveTable<?, ?>> tablesByName = new ConcurrentHashMap<>();
    private final Map<String, NamedProjection<?, ?>> projectionsByName = new ConcurrentHashMap<>();
    private final Map<String, NamedEffect<?>> effectsByName = new ConcurrentHashMap<>();
    private final Followers followers = new Followers();
    private final Closing closing = new Closing("the Orrery");

    /** A configuration that keeps everything in memory, for nobody outside, on virtual threads. */
    public static Configuration configure() {
        return new Configuration(
                Optional.empty(),
                Optional.empty(),
                AccessPolicy.NOBODY,
                Thread.ofVirtual().name("orrery-", 0).factory(),
                InstantSource.system(),
                System::nanoTime,
                RandomGenerator.of("SecureRandom"));
    }

    /** Opens an Orrery that keeps everything in a directory. */
    public static Orrery open(Path directory) {
        return configure().directory(directory).open();
    }

    /** Opens an Orrery that keeps nothing. */
    public static Orrery inMemory() {
        return configure().open();
    }

    Orrery(Configuration configuration) {
        threads = configuration.threads();
        RandomGenerator random = configuration.random();
        epochs = () -> HexFormat.of().toHexDigits(random.nextLong());
        boolean opened = false;
        try {
            Database own =
                    closing.before(
                            configuration
                                    .directory()
                                    .map(Orrery::fileIn)
                                    .orElseGet(Database::inMemory));
            database =
                    configuration
                            .database()
                            .map(source -> closing.before(Database.open(source, threads)))
                            .orElse(own);
            Optional<QueryStore> stored = configuration.directory().map(this::openQueries);
            timeline = Timeline.startingAt(epochs.get(), lastRevision(stored)); // law E1
            clock = new EngineClock(configuration.clock(), configuration.nanos());
            notes = new CommitNotes(served, clock);
            sent = new SentBytes(notes, clock);
            timeline.attach(notes).close(); // before whatever else follows commits
            logs =
                    new EventLogs(
                            database,
                            configuration.clock(),
                            random,
                            configuration.nanos(),
                            notes::appended);
            events = closing.before(new EventBus(threads));
            tables = closing.before(openTables(configuration, own));
            queries = closing.before(queries(stored));
            projections =
                    closing.before(
                            new Projections(timeline, database, threads, configuration.clock()));
            views = closing.before(new Views(timeline));
            graphs = name -> graphs(configuration, name);
            channels =
                    closing.before(
                            new Channels(configuration.access(), epochs, configuration.nanos()));
            recorder =
                    new CommitRecorder(
                            timeline,
                            queries,
                            layers,
                            served,
                            notes,
                            sent,
                            channels,
                            clock,
                            threads,
                            epochs.get());
            serving = new Serving(channels, served, notes, threads, epochs);
            serving.engine("commits", recorder.feed());
            serving.engine("logs", new LogSignal(layers, clock, threads, epochs.get()).feed());
            serving.engine("queries", new QuerySignal(layers, threads, epochs.get()).feed());
            saving = stored.map(_ -> closing.before(new SavingRhythm(queries, threads)));
            effects = closing.before(new Effects(database, threads, configuration.clock()));
            opened = true;
        } finally {
            if (!opened) {
                close();
            }
        }
    }

    private QueryStore openQueries(Path directory) {
        return closing.before(QueryStore.open(directory.resolve("queries")));
    }

    private Revision lastRevision(Optional<QueryStore> stored) {
        long folded = Projections.lastRevision(database).number();
        return new Revision(Math.max(folded, stored.map(s -> s.revision().number()).orElse(0L)));
    }

    private Queries queries(Optional<QueryStore> stored) {
        return stored.map(store -> new Queries(timeline, threads, store))
                .orElseGet(() -> new Queries(timeline, threads));
    }

    private static Database fileIn(Path directory) {
        return Database.open(directory.resolve("orrery.db"));
    }

    private LiveTables openTables(Configuration configuration, Database own) {
        Function<String, SegmentLog> outboxes =
                configuration
                        .directory()
                        .<Function<String, SegmentLog>>map(
                                path -> name -> LiveTables.outboxIn(path, name))
                        .orElse(_ -> SegmentLog.inMemory());
        return LiveTables.over(
                timeline,
                SqlKeyValueStore.open(own, "live_rows"),
                outboxes,
                threads,
                configuration.clock(),
                configuration.nanos());
    }

    private Graphs graphs(Configuration configuration, String name) {
        Graphs inMemory = Graphs.on(timeline).clock(configuration.clock());
        return configuration
                .directory()
                .map(path -> inMemory.directory(Graphs.directoryIn(path, name)))
                .orElse(inMemory);
    }

    // facts

    /** The event log of a name, durable; made when it is not there. */
    public <E> EventLog<E> log(String name, Class<E> event) {
        return log(name, Codec.of(event));
    }

    /**
     * The event log of a name, whose events are written and read so: with the steps that read what
     * an older class wrote.
     *
     * <pre>{@code
     * orrery.log("flights", Codec.of(Flight.class).upgrading("Flight", old -> old.with("delay", 0)));
     * }</pre>
     */
    public <E> EventLog<E> log(String name, Codec<E> events) {
        EventLog<E> log = logs.open(name, events.type(), events);
        layers.log(log, events);
        return log;
    }

    /**
     * A live copy of a table: all its rows, written through, and kept up to date with what others
     * write. Its rows are served as {@code table:name:key}, and how its writes stand as {@code
     * writes:name}.
     */
    public <K, V> LiveTable<K, V> live(Table table, Class<K> key, Class<V> value) {
        return live(Live.of(table).as(key, value));
    }

    /** A live copy of a table, as its definition says. */
    public <K, V> LiveTable<K, V> live(Live<K, V> definition) {
        LiveTable<K, V> live = tables.open(definition);
        tablesByName.put(live.name(), live);
        layers.source(Layers.Kind.TABLE, live, Codec.of(definition.keyClass()));
        tellQueriesOf(live);
        serving.rows(live.name(), definition.keyClass(), live::watch);
        serving.writes(live.name(), live.writes());
        return live;
    }

    /** The live table of a name. */
    public Optional<LiveTable<?, ?>> table(String name) {
        return Optional.ofNullable(tablesByName.get(name));
    }

    /**
     * This process's replica of a graph, under its schema: it is open at once, keeps what is
     * written in the directory, and meets other replicas when it is told to.
     *
     * @throws OrreryException.Closed when this is closed
     */
    public Graph graph(Ontology ontology) {
        return closing.after(graphs.apply(ontology.name()).open(ontology));
    }

    /** Stored results that have read a source are compared with it, and not computed anew. */
    private void tellQueriesOf(Relation<?, ?> relation) {
        if (saving.isPresent() && relation instanceof Versioned<?, ?> source) {
            queries.tellOf(source);
        }
    }

    /**
     * Facts you set, by key. In a directory they are kept: saved within about a second from {@link
     * #start} on, at the end, and when {@link Queries#save} is called.
     */
    public <K, V> Input<K, V> input(String name, Class<K> key, Class<V> value) {
        return queries.input(name, key, value);
    }

    /** One fact you set; kept as those of {@link #input(String, Class, Class)}. */
    public <V> SingleInput<V> input(String name, Class<V> value) {
        return queries.input(name, value);
    }

    // derived

    /**
     * A projection of a log's events, stored with its position; it folds from {@link #start} on.
     */
    public <E, K, S> LiveProjection<K, S> projection(
            EventLog<E> log, Projection<? super E, K, S> definition) {
        LiveProjection<K, S> live = projections.run(log, definition);
        return follow(log, definition, live, live::states);
    }

    /**
     * A projection that says of each change what it was: who follows a key from outside gets the
     * differences.
     */
    public <E, K, S, D> LiveDeltaProjection<K, S, D> projection(
            EventLog<E> log, DeltaProjection<? super E, K, S, D> definition) {
        LiveDeltaProjection<K, S, D> live = projections.run(log, definition);
        return follow(log, definition, live, live::deltas);
    }

    /**
     * A projection that is folded in the transaction of each append to its log, from {@link #start}
     * on: who has appended finds the states, without waiting.
     *
     * @throws OrreryException.Unsupported when the database is shared with other processes
     */
    public <E, K, S> LiveProjection<K, S> inlineProjection(
            EventLog<E> log, Projection<? super E, K, S> definition) {
        LiveProjection<K, S> live = projections.runInline(log, definition);
        return follow(log, definition, live, live::states);
    }

    private <E, K, S, D, L extends LiveProjection<K, S>> L follow(
            EventLog<E> log,
            Projection<? super E, K, S> definition,
            L live,
            Function<K, Feed<Update<S, D>>> updates) {
        followers.projection(log, live);
        tellQueriesOf(live);
        Codec<K> keys = Codec.of(definition.types().key());
        layers.source(Layers.Kind.PROJECTION, live, keys);
        layers.folds(log.name(), live);
        projectionsByName.put(
                live.name(),
                new NamedProjection<>(live, keys, Codec.of(definition.types().state())));
        serving.states(live.name(), keys, updates);
        return live;
    }

    /** The running projection of a name. */
    public Optional<NamedProjection<?, ?>> projection(String name) {
        return Optional.ofNullable(projectionsByName.get(name));
    }

    /**
     * Something done in the world outside for each event of a log, at least once, with a position
     * of its own; from {@link #start} on. One that is new here begins with what is appended next,
     * unless its definition says otherwise.
     *
     * @param shown projections whose states it reads: an event is handed over once they show it,
     *     and one that is folded anew makes no event come again
     * @throws OrreryException.BadDefinition when one of that name runs already, or has handled
     *     another log
     */
    public <E, K> LiveEffect<K> effect(
            EventLog<? extends E> log, Effect<E, K> definition, LiveProjection<?, ?>... shown) {
        LiveEffect<K> live = effects.run(log, definition, shown);
        followers.effect(log, live);
        effectsByName.put(live.name(), new NamedEffect<>(live, Codec.of(definition.keyType())));
        return live;
    }

    /** The running effect of a name. */
    public Optional<NamedEffect<?>> effect(String name) {
        return Optional.ofNullable(effectsByName.get(name));
    }

    /** An effect without options: each event is handled by itself, one after the other. */
    public <E> LiveEffect<Long> effect(
            String name, EventLog<E> log, Effect.Body<E> body, LiveProjection<?, ?>... shown) {
        return effect(log, Effect.<E>named(name).perform(body), shown);
    }

    /**
     * A function whose results are remembered, and computed again only when something it read
     * changed in value.
     */
    public <K, V> Query<K, V> query(
            String name, Class<K> key, Class<V> value, Queries.Body<? super K, ? extends V> body) {
        Query<K, V> query = queries.query(name, key, value, body);
        layers.query(query, Codec.of(key));
        serving.results(name, key, query::watch);
        return query;
    }

    // shown

    /** A live table of rows: joined, filtered, sorted as the question says. */
    public TableView<Row> view(Select select) {
        return views.table(select);
    }

    /** A live table of records. */
    public <R extends Record> TableView<R> view(Select select, Class<R> type) {
        return views.table(select, type);
    }

    /** A live value over the rows of a question. */
    public <V> ValueView<V> value(Select select, Aggregate<V> aggregate) {
        return views.value(select, aggregate);
    }

    /**
     * Serves a view's window as the channel {@code view:name}: the whole, then patches, at most 60
     * times a second to each client.
     */
    public void serve(String name, TableView<?> view) {
        serving.view(name, view);
    }

    /**
     * Serves the rows of a question as the channel {@code view:name}, of which each client has a
     * window of its own: in the order and with the viewport it asks for, {@code {"order":
     * [{"column": "name", "descending": false}], "first": 0, "rows": 40}}. Updates of a window come
     * at most 60 times a second; who leaves frees it.
     *
     * @param select names its columns, by which clients may order; its own order is the usual one
     * @param mostRows the greatest window, which is also the usual one
     * @throws OrreryException.BadDefinition when the question names no columns
     */
    public void serveWindows(String name, Select select, int mostRows) {
        serving.windows(name, views, select, mostRows);
    }

    /**
     * Serves a value as the channel {@code value:name}: the value, then the newest that followed,
     * at most 60 times a second to each client.
     */
    public void serve(String name, ValueView<?> view) {
        serving.value(name, view);
    }

    /**
     * Shares who follows this process's channels with the others over a store, from now on: a user
     * who is connected to several is one, and those of a process that is silent for a lease have
     * left.
     *
     * @param store one that all of them open, such as a table of a shared database
     * @param lease what happens in one is seen in the others within half of it
     */
    public void sharePresence(KeyValueStore store, Duration lease) {
        SharedPresence shared = new SharedPresence(channels, store, epochs.get(), lease);
        closing.before(new PresenceRhythm(shared, lease, threads).start());
    }

    // running

    /**
     * Begins folding: what is defined so far, and from here on what is defined later. In a
     * directory, inputs and results of queries are saved from here on.
     */
    public void start() {
        projections.start();
        effects.start();
        saving.ifPresent(SavingRhythm::start);
    }

    /** Runs work whose writes become visible together, as one revision. */
    public <X extends Exception> Revision commit(Timeline.Work<X> work) throws X {
        return timeline.commit(work);
    }

    /** The newest revision, held: reads inside it are all of one moment. */
    public Snapshot snapshot() {
        return queries.snapshot();
    }

    /**
     * Waits until everything appended so far is folded and visible, and handled by every effect:
     * done, left out, or waiting for its retry or for somebody to decide.
     *
     * @throws OrreryException.TimedOut when it is not within the time
     */
    public void settle(Duration timeout) {
        followers.settle(timeout);
    }

    /**
     * What commits did, recorded while somebody follows: the newest records, then each that is
     * made, at most twenty a second. The same as the channel {@code engine:commits}.
     */
    public Feed<Update<CommitRecord.Recent, CommitRecord>> commitRecords() {
        return recorder.feed();
    }

    /** What was done since this was opened, recorded or not. */
    public CommitRecord.Totals totals() {
        return recorder.totals();
    }

    /** How everything that runs here stands, looked at one after the other. */
    public Status status() {
        return new Status(
                layers.logs().stream()
                        .map(known -> new Status.OfLog(known.name(), known.log().head()))
                        .toList(),
                followers.projections(),
                followers.effects(),
                queries.statisticsByName(),
                channels.totals(),
                totals());
    }

    /** The time by this engine's clock, in milliseconds since the epoch; it never jumps. */
    public double clockMillis() {
        return clock.now();
    }

    /**
     * Why a query's result for a key was computed, or was not.
     *
     * @param key the key's text, as in the query's channels
     * @throws OrreryException.Missing when no query of this name was defined here
     */
    public Explanation explain(String query, String key) {
        return explain(
                layers.query(query)
                        .orElseThrow(() -> new OrreryException.Missing("the queries", query)),
                key);
    }

    private static <K> Explanation explain(Layers.Asked<K, ?> asked, String key) {
        return asked.query().explain(asked.key(key));
    }

    /**
     * Takes from a transport what it has handed to its sockets, so that commit records can tell it;
     * give this to the gateway.
     */
    public Outgoing outgoing() {
        return sent;
    }

    /** The order of commits. */
    public Timeline timeline() {
        return timeline;
    }

    /** The query runtime: further kinds of queries, statistics, events. */
    public Queries queries() {
        return queries;
    }

    /** How many different questions views are kept up for. */
    int viewsKept() {
        return views.size();
    }

    /** Publish and subscribe within the process, for what needs no log. */
    public EventBus events() {
        return events;
    }

    /** What can be followed from outside, by name. */
    public Channels channels() {
        return channels;
    }

    /**
     * Ends everything opened here: first what is done and folded, so that it finds all it uses to
     * the end, then that. Idempotent. What was acknowledged is on disk, and so are inputs and
     * results.
     */
    @Override
    public void close() {
        closing.close();
    }
}
