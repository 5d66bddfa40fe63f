package dev.orrery.query;

import dev.orrery.core.Delivery;
import dev.orrery.core.Feed;
import dev.orrery.core.OrreryException;
import dev.orrery.core.OrreryException.BadDefinition;
import dev.orrery.core.Timeline;
import dev.orrery.core.Type;
import dev.orrery.core.Versioned;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.function.BiFunction;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The front door: inputs you set, and queries whose results are remembered and computed again only
 * when something they read has changed in value. Thread-safe.
 *
 * <p>A body is a plain function that calls sources and other queries directly; what it reads so is
 * recorded, absence and the conditions of set reads included, on its own thread. What else it reads
 * (clocks, files, statics) is not. Names are unique within one {@code Queries}.
 */
public final class Queries implements AutoCloseable {
    private final Engine engine;
    private final Set<String> names = ConcurrentHashMap.newKeySet();

    /** A function of a key. */
    @FunctionalInterface
    public interface Body<K, V> {
        V apply(K key);
    }

    /** A function of a key that may ask for itself with other keys. */
    @FunctionalInterface
    public interface RecursiveBody<K, V> {
        V apply(Query<K, V> self, K key);
    }

    /**
     * Queries over the sources of a timeline.
     *
     * @param threads makes the thread that serves watches, when the first is made, and those that
     *     deep chains of bodies go on in; virtual threads suit both
     */
    public Queries(Timeline timeline, ThreadFactory threads) {
        this(timeline, threads, Faults.NONE);
    }

    /**
     * Queries that go on with the inputs and results of an earlier life: an input has its values
     * when it is defined, and a result is looked for in the store when it is first asked for, and
     * believed when what it was computed from is found unchanged.
     *
     * <p>What changes is kept when {@link #save} is called, and not before.
     *
     * @param threads as for the other constructor
     * @param store open, used by nobody else, and closed by whoever opened it, after these
     * @throws BadDefinition when the timeline begins before the store's revision
     */
    public Queries(Timeline timeline, ThreadFactory threads, QueryStore store) {
        this(timeline, threads, Faults.NONE);
        engine.keepIn(store);
    }

    Queries(Timeline timeline, ThreadFactory threads, Faults faults) {
        this.engine = new Engine(timeline, threads, faults);
    }

    Engine engine() {
        return engine;
    }

    // facts

    /** Keyed facts. */
    public <K, V> Input<K, V> input(String name, Class<K> key, Class<V> value) {
        return input(name, Type.of(key), Type.of(value));
    }

    /** Keyed facts whose values need more than a class to name their type. */
    public <K, V> Input<K, V> input(String name, Class<K> key, Type<V> value) {
        return input(name, Type.of(key), value);
    }

    /** Keyed facts. */
    public <K, V> Input<K, V> input(String name, Type<K> key, Type<V> value) {
        return defineInput(name, key, value).create();
    }

    /** Begins a definition of keyed facts with options. */
    public <K, V> InputDefinition<K, V> defineInput(String name, Class<K> key, Class<V> value) {
        return defineInput(name, Type.of(key), Type.of(value));
    }

    /** Begins a definition of keyed facts with options. */
    public <K, V> InputDefinition<K, V> defineInput(String name, Type<K> key, Type<V> value) {
        return new InputDefinition<>(this, name, key, value);
    }

    <K, V> Input<K, V> add(Input<K, V> input) {
        claim("input", input.name());
        Saving saving = engine.saving();
        if (saving != null) {
            saving.add(input);
        }
        return input;
    }

    /** One fact. */
    public <V> SingleInput<V> input(String name, Class<V> value) {
        return input(name, Type.of(value));
    }

    /** One fact. */
    public <V> SingleInput<V> input(String name, Type<V> value) {
        return new SingleInput<>(input(name, Type.of(NoKey.class), value), NoKey.ONE);
    }

    /** Values that are kept once each, under ids. */
    public <V> Interned<V> interned(String name, Class<V> value) {
        return interned(name, Type.of(value));
    }

    /** Values that are kept once each, under ids. */
    public <V> Interned<V> interned(String name, Type<V> value) {
        claim("interned values", name);
        Interned<V> interned = new Interned<>(name, value);
        Saving saving = engine.saving();
        if (saving != null) {
            saving.add(interned);
        }
        return interned;
    }

    // functions

    /** A function of one key. */
    public <K, V> Query<K, V> query(
            String name, Class<K> key, Class<V> value, Body<? super K, ? extends V> body) {
        return define(name, key, value).as(body);
    }

    /** A function of one key whose values need more than a class to name their type. */
    public <K, V> Query<K, V> query(
            String name, Class<K> key, Type<V> value, Body<? super K, ? extends V> body) {
        return define(name, Type.of(key), value).as(body);
    }

    /** A function of one key. */
    public <K, V> Query<K, V> query(
            String name, Type<K> key, Type<V> value, Body<? super K, ? extends V> body) {
        return define(name, key, value).as(body);
    }

    /** A function of a key in two parts. */
    public <A, B, V> Query2<A, B, V> query(
            String name,
            Class<A> first,
            Class<B> second,
            Class<V> value,
            BiFunction<? super A, ? super B, ? extends V> body) {
        return new Query2<>(
                define(name, parts(first, second), Type.of(value))
                        .as(parts -> body.apply(parts.first(), parts.second()), body));
    }

    private static <A, B> Type<Query2.Parts<A, B>> parts(Class<A> first, Class<B> second) {
        return Type.of(Query2.Parts.class, List.of(Type.of(first), Type.of(second)));
    }

    /** A function without a key. */
    public <V> SingleQuery<V> query(String name, Class<V> value, Supplier<? extends V> body) {
        return query(name, Type.of(value), body);
    }

    /** A function without a key. */
    public <V> SingleQuery<V> query(String name, Type<V> value, Supplier<? extends V> body) {
        return define(name, Type.of(NoKey.class), value).as(_ -> body.get(), body).with(NoKey.ONE);
    }

    /** A function that asks for itself with other keys; with the same key it is a circle. */
    public <K, V> Query<K, V> recursive(
            String name, Class<K> key, Class<V> value, RecursiveBody<K, V> body) {
        return define(name, key, value).recursive(body);
    }

    /** A recursive body and the query it is the body of, which is there before anyone can ask. */
    static final class Self<K, V> implements Body<K, V> {
        private final RecursiveBody<K, V> body;
        private volatile @org.jspecify.annotations.Nullable Query<K, V> query;

        Self(RecursiveBody<K, V> body) {
            this.body = body;
        }

        Query<K, V> knownAs(Query<K, V> self) {
            query = self;
            return self;
        }

        @Override
        public V apply(K key) {
            return body.apply(Objects.requireNonNull(query), key);
        }
    }

    /** Begins a definition with options. */
    public <K, V> QueryDefinition<K, V> define(String name, Class<K> key, Class<V> value) {
        return define(name, Type.of(key), Type.of(value));
    }

    /** Begins a definition with options. */
    public <K, V> QueryDefinition<K, V> define(String name, Type<K> key, Type<V> value) {
        return new QueryDefinition<>(this, name, key, value);
    }

    <K, V> Query<K, V> add(
            String name,
            Type<K> key,
            Type<V> value,
            Options<V> options,
            QueryDefinition.Keeping keeping,
            Body<? super K, ? extends V> body,
            Object code) {
        claim("query", name);
        Definition<K, V> definition =
                new Definition<>(engine, name, key, value, options, true, body);
        Saving saving = engine.saving();
        if (saving != null) {
            saving.add(definition, keeping, code);
        }
        engine.definitions.put(name, definition);
        return definition;
    }

    /** Names a definition; inputs, queries and interned values share their names. */
    private void claim(String kind, String name) {
        if (name.isBlank()) {
            throw new BadDefinition(kind, "has a blank name", "name it");
        }
        if (!names.add(name)) {
            throw new BadDefinition(
                    kind + " " + name,
                    "has the name of something defined before",
                    "give one of the two another name");
        }
    }

    // what is kept

    /**
     * Writes to the store what changed since the last save: keys of inputs, and results. It is
     * durable when this returns, all of it true at one revision; readers and writers go on
     * meanwhile. Old records are dropped when there are more of them than of those still needed.
     *
     * <p>A result is left out when its key, its value or something it read has no stored form.
     *
     * @throws OrreryException.Unsupported without a store
     * @throws OrreryException.StorageFailure when it could not be made durable; the next save
     *     writes it all the same
     * @throws OrreryException.LimitExceeded when a value of an input is longer than 16 MiB
     * @throws OrreryException.Invalid when a value of an input has no stored form
     */
    public Saved save() {
        return saving("save").save();
    }

    /** Whether an input has changed since the last save; false without a store. */
    public boolean hasUnsavedInputs() {
        Saving saving = engine.saving();
        return saving != null && saving.hasUnsavedFacts();
    }

    /**
     * Tells of a source that stored results may have read, so that they can be compared with it
     * before any body has read it in this life. Inputs are known by themselves. Sources of one name
     * and type cannot be told apart: what has read them is computed anew.
     *
     * @throws OrreryException.Unsupported without a store
     */
    public void tellOf(Versioned<?, ?> source) {
        saving("tell of sources").forms.add(source);
    }

    private Saving saving(String what) {
        Saving saving = engine.saving();
        if (saving == null) {
            throw new OrreryException.Unsupported(what, "queries without a store");
        }
        return saving;
    }

    // the whole

    /** Holds the newest revision, to be read at leisure and changed without anyone seeing. */
    public Snapshot snapshot() {
        return new Snapshot(engine, new Hold(Branch.Held.newest(engine)));
    }

    /**
     * What the runtime does: bounded, told when it lagged. Nothing is made while nobody follows.
     * The same events can be recorded by the virtual machine, under names as {@code
     * dev.orrery.query.Computed}; they are off unless a recording enables them.
     */
    public Feed<Delivery<QueryEvent>> events() {
        return engine.events;
    }

    /**
     * Begins to follow commits through the runtime; one at a time.
     *
     * @param nanos a clock for intervals
     * @param wake runs after each round of watches, on the thread that serves them: it must be
     *     quick and must not throw
     */
    public Answers answers(LongSupplier nanos, Runnable wake) {
        return new Answers(engine, nanos, wake);
    }

    /** What all remembered results rest on, as far as the bounds go; looks at each once. */
    public Dependencies dependencies(Dependencies.Bounds bounds) {
        return GraphWalk.all(engine, bounds);
    }

    /**
     * Which remembered results rest on a key or set of a source, or on a result, and which on
     * those, as far as the bounds go; looks at each remembered result once.
     */
    public Dependencies readers(Dependency of, Dependencies.Bounds bounds) {
        return GraphWalk.above(engine, of, bounds);
    }

    /** What was done for queries, by their names. */
    public Map<String, Statistics> statisticsByName() {
        Map<String, Statistics> byName = new TreeMap<>();
        engine.definitions.forEach((name, definition) -> byName.put(name, definition.statistics()));
        return byName;
    }

    /** How many results are remembered and hold still. */
    public long remembered() {
        return engine.remembered.open();
    }

    /** For each commit, the results that were remembered and that it did not visit; their sum. */
    public long untouched() {
        return engine.remembered.untouched();
    }

    /** What was done for all queries, the sets they read included. */
    public Statistics statistics() {
        return engine.statistics();
    }

    /** Ends watches and the thread that serves them; results are forgotten, the sources stay. */
    @Override
    public void close() {
        engine.close();
    }
}
