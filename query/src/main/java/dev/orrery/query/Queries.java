package dev.orrery.query;

import dev.orrery.core.Delivery;
import dev.orrery.core.Feed;
import dev.orrery.core.OrreryException.BadDefinition;
import dev.orrery.core.Timeline;
import dev.orrery.core.Type;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.function.BiFunction;
import java.util.function.BiPredicate;
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
        claim(name);
        return new Input<>(engine.timeline, name, key, value);
    }

    /** One fact. */
    public <V> SingleInput<V> input(String name, Class<V> value) {
        return input(name, Type.of(value));
    }

    /** One fact. */
    public <V> SingleInput<V> input(String name, Type<V> value) {
        return new SingleInput<>(input(name, Type.of(NoKey.class), value));
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
                define(name, Queries.<A, B>parts(), Type.of(value))
                        .as(parts -> body.apply(parts.first(), parts.second())));
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // the class stands for all its instances
    private static <A, B> Type<Query2.Parts<A, B>> parts() {
        return (Type) Type.of(Query2.Parts.class);
    }

    /** A function without a key. */
    public <V> SingleQuery<V> query(String name, Class<V> value, Supplier<? extends V> body) {
        return query(name, Type.of(value), body);
    }

    /** A function without a key. */
    public <V> SingleQuery<V> query(String name, Type<V> value, Supplier<? extends V> body) {
        return new SingleQuery<>(define(name, Type.of(NoKey.class), value).as(_ -> body.get()));
    }

    /** A function that asks for itself with other keys; with the same key it is a circle. */
    public <K, V> Query<K, V> recursive(
            String name, Class<K> key, Class<V> value, RecursiveBody<K, V> body) {
        Self<K, V> self = new Self<>(body);
        return self.knownAs(define(name, key, value).as(self));
    }

    /** A recursive body and the query it is the body of, which is there before anyone can ask. */
    private static final class Self<K, V> implements Body<K, V> {
        private final RecursiveBody<K, V> body;
        private volatile @org.jspecify.annotations.Nullable Query<K, V> query;

        private Self(RecursiveBody<K, V> body) {
            this.body = body;
        }

        private Query<K, V> knownAs(Query<K, V> self) {
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
            BiPredicate<? super V, ? super V> equality,
            Body<? super K, ? extends V> body) {
        claim(name);
        Definition<K, V> definition = new Definition<>(engine, name, key, value, equality, body);
        engine.definitions.put(name, definition);
        return definition;
    }

    private void claim(String name) {
        if (!names.add(name)) {
            throw new BadDefinition(
                    "query " + name, "is defined twice", "give one of the two another name");
        }
    }

    // the whole

    /** Holds the newest revision, to be read at leisure and changed without anyone seeing. */
    public Snapshot snapshot() {
        return new Snapshot(engine, new Hold(Branch.Held.newest(engine)));
    }

    /**
     * What the runtime does: bounded, told when it lagged. Nothing is made while nobody follows.
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
