package dev.orrery.query;

import dev.orrery.core.Type;
import java.util.OptionalInt;
import java.util.function.BiPredicate;

/** A query that is being defined: its options, then its body. Immutable. */
public final class QueryDefinition<K, V> {
    private final Queries queries;
    private final String name;
    private final Type<K> key;
    private final Type<V> value;
    private final BiPredicate<? super V, ? super V> equality;
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
        this(queries, name, key, value, Object::equals, Keeping.DEFAULT);
    }

    private QueryDefinition(
            Queries queries,
            String name,
            Type<K> key,
            Type<V> value,
            BiPredicate<? super V, ? super V> equality,
            Keeping keeping) {
        this.queries = queries;
        this.name = name;
        this.key = key;
        this.value = value;
        this.equality = equality;
        this.keeping = keeping;
    }

    /** Compares values by this instead of {@code equals}: an equal value spares its readers. */
    public QueryDefinition<K, V> equality(BiPredicate<? super V, ? super V> same) {
        return new QueryDefinition<>(queries, name, key, value, same, keeping);
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
        return new QueryDefinition<>(queries, name, key, value, equality, named);
    }

    /** Keeps results in memory alone; those that read them are stored all the same. */
    public QueryDefinition<K, V> inMemoryOnly() {
        return new QueryDefinition<>(
                queries, name, key, value, equality, new Keeping(keeping.version(), false));
    }

    /** Completes the definition. */
    public Query<K, V> as(Queries.Body<? super K, ? extends V> body) {
        return as(body, body);
    }

    /** Completes the definition with a body that calls somebody's code. */
    Query<K, V> as(Queries.Body<? super K, ? extends V> body, Object code) {
        return queries.add(name, key, value, equality, keeping, body, code);
    }
}
