package dev.orrery.query;

import dev.orrery.core.OrreryException;
import dev.orrery.core.Subscription;
import dev.orrery.core.Timeline;
import dev.orrery.core.Tracking;
import dev.orrery.core.Transaction;
import dev.orrery.core.Type;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A query as defined, with the nodes of its keys. */
final class Definition<K, V> implements Query<K, V> {
    final Engine engine;

    /** The engine's, one load nearer for hits. */
    private final Timeline timeline;

    final String name;
    final Type<K> keyType;
    final Type<V> valueType;
    final Counts counts = new Counts();

    /** Whether events and counts speak of this query: sets are the runtime's own. */
    final boolean isTold;

    /** Whether results are stored; set before anyone can ask. */
    boolean stored;

    final Options<V> options;

    /** What limits the values kept, if anything does. */
    private final @Nullable Sieve<V> sieve;

    private final Queries.Body<? super K, ? extends V> body;

    private final Nodes nodes = new Nodes();
    private final Function<K, Node> newNode;

    Definition(
            Engine engine,
            String name,
            Type<K> keyType,
            Type<V> valueType,
            Options<V> options,
            boolean isTold,
            Queries.Body<? super K, ? extends V> body) {
        this.engine = engine;
        this.timeline = engine.timeline;
        this.name = name;
        this.keyType = keyType;
        this.valueType = valueType;
        this.options = options;
        this.isTold = isTold;
        Options.Limit<V> limit = options.limit();
        this.sieve = limit == null ? null : new Sieve<>(limit, counts, engine.faults);
        this.body = body;
        this.newNode = key -> engine.newNode(this, key);
    }

    @Override
    public String name() {
        return name;
    }

    // reading

    @Override
    @SuppressWarnings("unchecked") // a definition's memos hold what its body returned
    public V of(K key) { // law Q14: a hit is a probe, a load and two comparisons
        long published = timeline.published(); // law Q1: first
        Tracking.Scope scope = Tracking.scope();
        if (scope == null) {
            Node node = nodes.find(key);
            Memo memo = node == null ? null : node.memo;
            if (node != null && memo != null && !memo.failed && published < memo.until()) {
                hit(memo);
                return (V) memo.value;
            }
        }
        return value(memo(scope, key));
    }

    /** The value of a node of the root. */
    @SuppressWarnings("unchecked") // a definition's memos hold what its body returned
    V of(Node node) {
        long published = timeline.published(); // law Q1: first
        Tracking.Scope scope = Tracking.scope();
        if (scope == null) {
            Memo memo = node.memo;
            if (memo != null && !memo.failed && published < memo.until()) {
                hit(memo);
                return (V) memo.value;
            }
        }
        return value(memo(scope, node));
    }

    @Override
    public SingleQuery<V> with(K key) {
        return new SingleQuery<>(this, key);
    }

    /** Counts a hit, and notes it where values are limited: by a plain store, once. */
    void hit(Memo memo) {
        counts.hit();
        if (sieve != null && !memo.recentlyRead) {
            memo.recentlyRead = true;
        }
    }

    /** Notes that a flight ended with a memo, which may have a value to be kept. */
    @SuppressWarnings("unchecked") // a definition's memos hold what its body returned
    void holds(Engine runtime, Node node, Memo memo) {
        if (sieve != null && !memo.failed && memo.changedAt() != Memo.PRIVATE && runtime.isRoot()) {
            sieve.holds(node, (V) memo.value);
        }
    }

    /** How many values are kept, where that is limited; for tests. */
    int valuesKept() {
        return sieve == null ? 0 : sieve.size();
    }

    @Override
    public void forget(K key) {
        Node node = nodes.find(key);
        if (node != null) {
            engine.forgotten.add(node);
        }
    }

    @Override
    public Outcome<V> outcome(K key) {
        return outcome(memo(key));
    }

    @Override
    public V ask(K key, Duration limit) {
        Engine runtime =
                switch (Tracking.scope()) {
                    case Tracking.Frame _ ->
                            throw new OrreryException.Unsupported(
                                    "ask " + label(key) + " with a time limit",
                                    "a query or snapshot");
                    case Transaction transaction -> engine.of(transaction);
                    case null, default -> engine;
                };
        return value(engine.asks.ask(runtime, runtime.node(this, key), limit));
    }

    Memo memo(K key) {
        return memo(Tracking.scope(), key);
    }

    private Memo memo(Tracking.@Nullable Scope scope, K key) {
        if (scope instanceof Context context && context.engine == engine) {
            return context.read(node(key)); // inside a body, where most reads are
        }
        return switch (scope) {
            case Context context when context.engine.root == engine ->
                    context.read(context.engine.node(this, key));
            case Tracking.Frame _ -> throw foreign(key);
            case Transaction transaction -> {
                Engine runtime = engine.of(transaction);
                yield newest(runtime, runtime.node(this, key));
            }
            case null, default -> newest(engine, node(key));
        };
    }

    /** The memo of a node of the root. */
    Memo memo(Node node) {
        return memo(Tracking.scope(), node);
    }

    private Memo memo(Tracking.@Nullable Scope scope, Node node) {
        if (scope instanceof Context context && context.engine == engine) {
            return context.read(node); // inside a body, where most reads are
        }
        return switch (scope) {
            case Context context when context.engine.root == engine ->
                    context.read(context.engine.node(this, node.key));
            case Tracking.Frame _ -> throw foreign(node.key);
            case Transaction transaction -> {
                Engine runtime = engine.of(transaction);
                yield newest(runtime, runtime.isRoot() ? node : runtime.node(this, node.key));
            }
            case null, default -> newest(engine, node);
        };
    }

    private OrreryException foreign(Object key) {
        return new OrreryException.Unsupported("read " + label(key), "a query of another runtime");
    }

    private static Memo newest(Engine runtime, Node node) {
        return runtime.access(context -> context.read(node));
    }

    /** The value with the revision that the access was bound to. */
    Bound<V> bound(K key) {
        return engine.access(
                context -> new Bound<>(outcome(context.read(node(key))), context.revision));
    }

    /** The value of a memo of this query, or its failure thrown. */
    @SuppressWarnings("unchecked") // a definition's memos hold what its body returned
    V value(Memo memo) {
        if (memo.failed) {
            throw (OrreryException) memo.value;
        }
        return (V) memo.value;
    }

    @SuppressWarnings("unchecked") // a definition's memos hold what its body returned
    Outcome<V> outcome(Memo memo) {
        return memo.failed
                ? new Outcome.Failed<>((OrreryException) memo.value)
                : new Outcome.Value<>((V) memo.value);
    }

    /** An outcome and a revision at which it is true. */
    record Bound<V>(Outcome<V> outcome, long revision) {}

    Node node(K key) {
        return nodes.findOrMake(key, newNode);
    }

    @SuppressWarnings("unchecked") // a definition's nodes have its keys
    Node nodeOf(Object key) {
        return node((K) key);
    }

    @Nullable Node findNode(Object key) {
        return nodes.find(key);
    }

    Iterable<Node> nodes() {
        return nodes;
    }

    void forgetAll() {
        nodes.forEach(Node::end);
        nodes.clear();
    }

    // following

    @Override
    public Subscription<V> watch(K key) {
        return watchOutcome(key).map(outcome -> Optional.of(outcome.orThrow()));
    }

    @Override
    public Subscription<Outcome<V>> watchOutcome(K key) {
        return engine.watches.watch(this, node(key), bound(key));
    }

    // for the runtime

    /** Runs the body. */
    @SuppressWarnings("unchecked") // a definition's nodes have its keys
    Object compute(Object key) {
        return Objects.requireNonNull(body.apply((K) key), "a query's result is never null");
    }

    @SuppressWarnings("unchecked") // a definition's memos hold what its body returned
    boolean same(Object left, Object right) {
        return options.equality().test((V) left, (V) right);
    }

    void ran(Engine runtime, Flight flight, Memo memo, long nanos) {
        counts.computed(flight.strand.placeIn(engine));
        if (!runtime.isRoot() || !isTold) {
            return;
        }
        if (flight.baseline != null || flight.prior != null) {
            engine.remembered.reran(flight.strand.placeIn(engine));
        }
        engine.events.computed(flight, memo, nanos);
    }

    void spared(Engine runtime, Flight flight) {
        counts.spared(flight.strand.placeIn(engine));
        if (runtime.isRoot() && isTold) {
            engine.events.spared(flight);
        }
    }

    void gaveUp(Engine runtime, Flight flight) {
        if (runtime.isRoot() && isTold) {
            engine.events.cancelled(flight);
        }
    }

    // telling

    @Override
    public Explanation explain(K key) {
        Node node = here().find(this, key);
        return node == null ? Explanation.neverAsked(this, key) : Explanation.of(this, key, node);
    }

    @Override
    public Dependencies dependencies(K key, Dependencies.Bounds bounds) {
        Dependency result = new Dependency(Dependency.Kind.QUERY, name, key);
        return GraphWalk.below(result, here().find(this, key), bounds);
    }

    /** The runtime whose results the caller sees. */
    private Engine here() {
        return Tracking.scope() instanceof Context context && context.engine.root == engine
                ? context.engine
                : engine;
    }

    @Override
    @SuppressWarnings("unchecked") // a definition's nodes have its keys
    public Map<K, PerKey> perKey(int most) {
        long published = engine.timeline.published();
        Map<K, PerKey> counts = new LinkedHashMap<>();
        Iterator<Node> each = nodes.iterator();
        while (each.hasNext() && counts.size() < most) {
            Node node = each.next();
            counts.put((K) node.key, node.counts(published));
        }
        return counts;
    }

    @Override
    public Statistics statistics() {
        return counts.statistics();
    }

    String label(Object key) {
        return label(name, key);
    }

    static String label(String name, Object key) {
        return key == NoKey.ONE ? name : name + "(" + key + ")";
    }

    @Override
    public String toString() {
        return name + ": " + keyType + " -> " + valueType;
    }
}
