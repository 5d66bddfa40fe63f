package dev.orrery.projection;

import dev.orrery.core.OrreryException.BadDefinition;
import java.util.Collection;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;

/** A projection as a value. Immutable. */
record Defined<E, K, S>(
        String name,
        int version,
        Types<E, K, S> types,
        Function<? super E, ? extends Collection<? extends K>> keys,
        Function<? super K, ? extends S> initial,
        BiFunction<? super S, ? super E, ? extends S> fold,
        Predicate<? super S> gone,
        Function<? super Fault<E>, ? extends Fault.Answer> answer,
        String keyColumn,
        int keysInMemory)
        implements Projection<E, K, S> {
    Defined {
        if (name.isBlank()) {
            throw new BadDefinition("projection", "has no name", "name it in Projection.of");
        }
        if (version < 1) {
            throw new BadDefinition(
                    "projection " + name, "has version " + version, "count versions from 1");
        }
        if (keyColumn.isBlank()) {
            throw new BadDefinition(
                    "projection " + name, "has a key column without a name", "name the column");
        }
        if (keysInMemory < 1) {
            throw new BadDefinition(
                    "projection " + name,
                    "keeps " + keysInMemory + " keys in memory",
                    "keep at least 1");
        }
    }

    static <E, K, S> Defined<E, K, S> like(Projection<E, K, S> other) {
        return switch (other) {
            case Defined<E, K, S> defined -> defined;
            case DefinedDelta<E, K, S, ?> delta -> delta.folded();
            default ->
                    new Defined<>(
                            other.name(),
                            other.version(),
                            other.types(),
                            other::keys,
                            other::initial,
                            other::apply,
                            other::removes,
                            other::answer,
                            other.keyColumn(),
                            other.keysInMemory());
        };
    }

    Defined<E, K, S> withName(String other) {
        return new Defined<>(
                other, version, types, keys, initial, fold, gone, answer, keyColumn, keysInMemory);
    }

    Defined<E, K, S> withVersion(int other) {
        return new Defined<>(
                name, other, types, keys, initial, fold, gone, answer, keyColumn, keysInMemory);
    }

    Defined<E, K, S> withKeyColumn(String other) {
        return new Defined<>(
                name, version, types, keys, initial, fold, gone, answer, other, keysInMemory);
    }

    Defined<E, K, S> withKeysInMemory(int other) {
        return new Defined<>(
                name, version, types, keys, initial, fold, gone, answer, keyColumn, other);
    }

    Defined<E, K, S> withRemoval(Predicate<? super S> other) {
        return new Defined<>(
                name, version, types, keys, initial, fold, other, answer, keyColumn, keysInMemory);
    }

    Defined<E, K, S> withAnswer(Function<? super Fault<E>, ? extends Fault.Answer> other) {
        return new Defined<>(
                name, version, types, keys, initial, fold, gone, other, keyColumn, keysInMemory);
    }

    @Override
    public Collection<? extends K> keys(E event) {
        return keys.apply(event);
    }

    @Override
    public S initial(K key) {
        return initial.apply(key);
    }

    @Override
    public S apply(S state, E event) {
        return fold.apply(state, event);
    }

    @Override
    public boolean removes(S state) {
        return gone.test(state);
    }

    @Override
    public Fault.Answer answer(Fault<E> fault) {
        return answer.apply(fault);
    }

    @Override
    public String toString() {
        return "projection " + name;
    }
}
