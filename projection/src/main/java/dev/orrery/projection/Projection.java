package dev.orrery.projection;

import dev.orrery.core.Type;
import java.util.Collection;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * What to fold: which keys an event concerns, the state a key begins with, and how an event changes
 * it.
 *
 * <p>A definition, not a running thing: {@link Projections#run} makes it live. Usually a value
 * built with {@link #of}; a class of its own when it wants fields and a file. Its functions are
 * pure: the same state and event give an equal result, and states are not changed in place. The
 * states of one key are folded by one thread at a time, those of different keys perhaps at once.
 * Immutable.
 *
 * @param <E> the events
 * @param <K> what states are kept under
 * @param <S> the states
 */
public interface Projection<E, K, S> {
    /** How many keys stay in memory unless said otherwise. */
    int KEYS_IN_MEMORY = 262_144;

    /** Names the projection in storage, errors and the console, for ever. */
    String name();

    /**
     * Raise it when the functions mean something new: the states are folded again from the first
     * event.
     */
    default int version() {
        return 1;
    }

    /** What events, keys and states are. */
    Types<E, K, S> types();

    /** The keys an event concerns, none when it does not matter here. */
    Collection<? extends K> keys(E event);

    /** The state of a key before its first event. */
    S initial(K key);

    /** The state after an event. */
    S apply(S state, E event);

    /** Whether a state means that the key has none any more. */
    default boolean removes(S state) {
        return false;
    }

    /**
     * What is to be done when {@link #apply} threw: unless said otherwise three attempts at once,
     * then the key waits. It is asked when {@link #keys} threw, too; without a key nothing can be
     * parked or wait, so the projection stops then.
     */
    default Fault.Answer answer(Fault<E> fault) {
        return Fault.usual(fault);
    }

    /**
     * The name of the column that holds a key which is a single value; the components of a record
     * are columns already.
     */
    default String keyColumn() {
        return "key";
    }

    /**
     * How many keys stay in memory, beside those that are changing or that somebody still sees
     * older states of: those that were used lately. Everything else is read from the database when
     * it is asked for; where the database is shared with other processes, over a connection of the
     * projection's own.
     */
    default int keysInMemory() {
        return KEYS_IN_MEMORY;
    }

    /**
     * The classes a projection deals in, which choose how keys and states are stored.
     *
     * @param event the events
     * @param key the keys
     * @param state the states
     */
    record Types<E, K, S>(Type<E> event, Type<K> key, Type<S> state) {
        /** Classes without type arguments. */
        public static <E, K, S> Types<E, K, S> of(Class<E> event, Class<K> key, Class<S> state) {
            return new Types<>(Type.of(event), Type.of(key), Type.of(state));
        }
    }

    // variants

    /** The same fold under another name: a second projection with states of its own. */
    default Projection<E, K, S> named(String name) {
        return Defined.like(this).withName(name);
    }

    /** The same fold as another version. */
    default Projection<E, K, S> version(int version) {
        return Defined.like(this).withVersion(version);
    }

    /** The same fold whose key is the column of this name. */
    default Projection<E, K, S> keyColumn(String name) {
        return Defined.like(this).withKeyColumn(name);
    }

    /** The same fold, of which so many keys stay in memory; at least 1. */
    default Projection<E, K, S> keysInMemory(int most) {
        return Defined.like(this).withKeysInMemory(most);
    }

    /** The same fold, in which a key whose state meets the condition has no state any more. */
    default Projection<E, K, S> removeWhen(Predicate<? super S> gone) {
        return Defined.like(this).withRemoval(gone);
    }

    /** The same fold, which says what is to be done when it throws. */
    default Projection<E, K, S> onFault(Function<? super Fault<E>, ? extends Fault.Answer> answer) {
        return Defined.like(this).withAnswer(answer);
    }

    /** The same fold, which says of each change what it was. */
    default <D> DeltaProjection<E, K, S, D> delta(
            Class<D> type, Difference<? super S, ? super E, ? extends D> difference) {
        return delta(Type.of(type), difference);
    }

    /** The same fold, which says of each change what it was. */
    default <D> DeltaProjection<E, K, S, D> delta(
            Type<D> type, Difference<? super S, ? super E, ? extends D> difference) {
        return new DefinedDelta<>(Defined.like(this), type, difference);
    }

    /** What an event changed. */
    @FunctionalInterface
    interface Difference<S, E, D> {
        D between(S before, S after, E event);
    }

    /** Begins a definition: a name and the events it folds. */
    static <E> OfEvents<E> of(String name, Class<E> event) {
        return new OfEvents<>(name, Type.of(event));
    }

    /** A definition that still wants its keys. Immutable. */
    final class OfEvents<E> {
        private final String name;
        private final Type<E> event;

        private OfEvents(String name, Type<E> event) {
            this.name = name;
            this.event = event;
        }

        /** Each event concerns one key. */
        public <K> ByKey<E, K> key(Class<K> type, Function<? super E, ? extends K> key) {
            return key(Type.of(type), key);
        }

        /** Each event concerns one key. */
        public <K> ByKey<E, K> key(Type<K> type, Function<? super E, ? extends K> key) {
            return keys(type, one -> List.of(key.apply(one)));
        }

        /** An event concerns any number of keys, each once. */
        public <K> ByKey<E, K> keys(
                Class<K> type, Function<? super E, ? extends Collection<? extends K>> keys) {
            return keys(Type.of(type), keys);
        }

        /** An event concerns any number of keys, each once. */
        public <K> ByKey<E, K> keys(
                Type<K> type, Function<? super E, ? extends Collection<? extends K>> keys) {
            return new ByKey<>(this, type, keys);
        }
    }

    /** A definition that still wants its states. Immutable. */
    final class ByKey<E, K> {
        private final OfEvents<E> events;
        private final Type<K> key;
        private final Function<? super E, ? extends Collection<? extends K>> keys;

        private ByKey(
                OfEvents<E> events,
                Type<K> key,
                Function<? super E, ? extends Collection<? extends K>> keys) {
            this.events = events;
            this.key = key;
            this.keys = keys;
        }

        /** Every key begins with the same state. */
        public <S> OfState<E, K, S> state(Class<S> type, S initial) {
            return state(Type.of(type), initial);
        }

        /** Every key begins with the same state. */
        public <S> OfState<E, K, S> state(Type<S> type, S initial) {
            return stateBy(type, _ -> initial);
        }

        /** A key begins with a state of its own. */
        public <S> OfState<E, K, S> stateBy(
                Class<S> type, Function<? super K, ? extends S> initial) {
            return stateBy(Type.of(type), initial);
        }

        /** A key begins with a state of its own. */
        public <S> OfState<E, K, S> stateBy(
                Type<S> type, Function<? super K, ? extends S> initial) {
            return new OfState<>(this, type, initial);
        }
    }

    /** A definition that still wants its fold. Immutable. */
    final class OfState<E, K, S> {
        private final ByKey<E, K> keyed;
        private final Type<S> state;
        private final Function<? super K, ? extends S> initial;

        private OfState(
                ByKey<E, K> keyed, Type<S> state, Function<? super K, ? extends S> initial) {
            this.keyed = keyed;
            this.state = state;
            this.initial = initial;
        }

        /** How an event changes the state of a key it concerns. */
        public Projection<E, K, S> fold(BiFunction<? super S, ? super E, ? extends S> fold) {
            return new Defined<>(
                    keyed.events.name,
                    1,
                    new Types<>(keyed.events.event, keyed.key, state),
                    keyed.keys,
                    initial,
                    fold,
                    _ -> false,
                    Fault::usual,
                    "key",
                    KEYS_IN_MEMORY);
        }
    }
}
