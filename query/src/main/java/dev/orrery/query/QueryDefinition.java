package dev.orrery.query;

import dev.orrery.core.Type;
import java.util.function.BiPredicate;

/** A query that is being defined: its options, then its body. Immutable. */
public final class QueryDefinition<K, V> {
    private final Queries queries;
    private final String name;
    private final Type<K> key;
    private final Type<V> value;
    private final BiPredicate<? super V, ? super V> equality;

    QueryDefinition(Queries queries, String name, Type<K> key, Type<V> value) {
        this(queries, name, key, value, Object::equals);
    }

    private QueryDefinition(
            Queries queries,
            String name,
            Type<K> key,
            Type<V> value,
            BiPredicate<? super V, ? super V> equality) {
        this.queries = queries;
        this.name = name;
        this.key = key;
        this.value = value;
        this.equality = equality;
    }

    /** Compares values by this instead of {@code equals}: an equal value spares its readers. */
    public QueryDefinition<K, V> equality(BiPredicate<? super V, ? super V> same) {
        return new QueryDefinition<>(queries, name, key, value, same);
    }

    /** Completes the definition. */
    public Query<K, V> as(Queries.Body<? super K, ? extends V> body) {
        return queries.add(name, key, value, equality, body);
    }
}
