package dev.orrery.query;

import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.core.Type;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/** A query that is being defined: its options, then its body. Immutable. */
public final class QueryDefinition<K, V> {
    private final Queries queries;
    private final String name;
    private final Type<K> key;
    private final Type<V> value;
    private final Options<V> options;
    private final Keeping keeping;

    /**
     * How results outlive the process.
     *
     * @param version of the code that computes them, when the definition names one
     * @param stored whether they do
     */
    record Keeping(OptionalInt version, boolean stored) {
        static final Keeping DEFAULT = new Keeping(OptionalInt.empty(), true);
    }

    QueryDefinition(Queries queries, String name, Type<K> key, Type<V> value) {
        this(queries, name, key, value, Options.standard(), Keeping.DEFAULT);
    }

    private QueryDefinition(
            Queries queries,
            String name,
            Type<K> key,
            Type<V> value,
            Options<V> options,
            Keeping keeping) {
        this.queries = queries;
        this.name = name;
        this.key = key;
        this.value = value;
        this.options = options;
        this.keeping = keeping;
    }

    private QueryDefinition<K, V> with(Options<V> other) {
        return new QueryDefinition<>(queries, name, key, value, other, keeping);
    }

    private QueryDefinition<K, V> with(Keeping other) {
        return new QueryDefinition<>(queries, name, key, value, options, other);
    }

    /** Compares values by this instead of {@code equals}: an equal value spares its readers. */
    public QueryDefinition<K, V> equality(BiPredicate<? super V, ? super V> same) {
        return with(options.equality(same));
    }

    /**
     * Declares failures that follow from what the body reads, as its values do: they are remembered
     * until something read changes. Any other failure is remembered for its revision and tried
     * again once in the next that is asked for. Readers that do not handle a declared failure fail
     * with it, and remember that in the same way.
     *
     * @param types of what the body throws
     */
    @SafeVarargs
    public final QueryDefinition<K, V> failing(Class<? extends Exception>... types) {
        Options<V> declaring = options;
        for (Class<? extends Exception> type : types) {
            declaring = declaring.failing(type);
        }
        return with(declaring);
    }

    /**
     * Says that the body reads what is not tracked: a clock, a file, another service. Its result
     * holds for its revision, shared by all who ask there, and the body runs once more in the next
     * revision that is asked for. An equal value spares its readers.
     */
    public QueryDefinition<K, V> untracked() {
        return with(options.untracked());
    }

    /**
     * Keeps at most so many values; those beyond it that were not read lately are computed again
     * when they are read. What they were computed from is kept, so that their readers need not run.
     * Watched results and failures are kept and do not count, and neither do a snapshot's own.
     *
     * @param size at least one
     */
    public QueryDefinition<K, V> maximumSize(int size) {
        return maximumWeight(size, _ -> 1);
    }

    /**
     * As {@link #maximumSize}, for values of different weight.
     *
     * @param weight the greatest sum, at least one
     * @param weigher what a value weighs, from zero on; a value heavier than all is not kept
     */
    public QueryDefinition<K, V> maximumWeight(long weight, ToLongFunction<? super V> weigher) {
        if (weight < 1) {
            throw new Invalid("weight", "is at least 1", weight);
        }
        return with(options.limit(new Options.Limit<>(weight, weigher)));
    }

    /**
     * Lets a circle through this query have a value: it starts from the initial one of the key, and
     * its bodies run in rounds until none changes. Bodies must not depend on the number of rounds:
     * with values that only grow, say, the result is the least that satisfies them all, whoever
     * asks first. One query of each circle must say so; after 200 rounds it fails with a {@link
     * dev.orrery.core.OrreryException.LimitExceeded} that names it. Members of a circle are on one
     * stack while it is computed, and must read on their own thread.
     */
    @SuppressWarnings("unchecked") // a definition's nodes have its keys
    public QueryDefinition<K, V> fixedPoint(Function<? super K, ? extends V> initial) {
        return with(options.initial(key -> initial.apply((K) key)));
    }

    /**
     * Limits each run of the body: one that takes longer is interrupted and fails with {@code
     * TimedOut} as its cause, for its revision only, as any failure that is not declared. What it
     * had begun to read is given up, unless somebody else waits for it, who takes it over. Runs are
     * on threads of their own then.
     *
     * @param longest longer than nothing
     */
    public QueryDefinition<K, V> timeout(Duration longest) {
        if (!longest.isPositive()) {
            throw new Invalid("timeout", "is longer than nothing", longest);
        }
        return with(options.timeout(longest));
    }

    /**
     * The version of the code that computes the results: stored ones of another version are not
     * used. Raise it when the body, or what it calls, computes something else.
     *
     * <p>Without a version the class file that holds the body stands for it, so that a change there
     * is noticed. A change in another class that the body calls is not, nor is another value of
     * what the body captured when it was defined: a setting that may differ in the next life
     * belongs into an input, or into the version.
     */
    public QueryDefinition<K, V> version(int number) {
        Keeping named = new Keeping(OptionalInt.of(number), keeping.stored());
        return with(named);
    }

    /** Keeps results in memory alone; those that read them are stored all the same. */
    public QueryDefinition<K, V> inMemoryOnly() {
        return with(new Keeping(keeping.version(), false));
    }

    /** Completes the definition. */
    public Query<K, V> as(Queries.Body<? super K, ? extends V> body) {
        return as(body, body);
    }

    /**
     * Completes the definition with a body that asks for itself with other keys; with the same key,
     * or over others, it is a circle.
     */
    public Query<K, V> recursive(Queries.RecursiveBody<K, V> body) {
        Queries.Self<K, V> self = new Queries.Self<>(body);
        return self.knownAs(as(self, body));
    }

    /** Completes the definition with a body that calls somebody's code. */
    Query<K, V> as(Queries.Body<? super K, ? extends V> body, Object code) {
        Keeping kept = options.tracked() ? keeping : new Keeping(keeping.version(), false);
        return queries.add(name, key, value, options, kept, body, code);
    }
}
