package dev.orrery.projection;

import dev.orrery.core.Codec;
import dev.orrery.log.Recorded;
import java.time.InstantSource;

/**
 * A definition with all that folding it takes. Immutable.
 *
 * @param changes how a change is kept for those who follow a key
 * @param changesKept how many changes of an epoch are kept at least
 * @param keysInMemory how many keys of an epoch may stay in memory
 */
record Folding<E, K, S>(
        Projection<? super E, K, S> projection,
        Codec<K> keys,
        Codec<S> states,
        Change<E, S, ?> changes,
        InstantSource clock,
        int changesKept,
        int keysInMemory,
        boolean isShared) {
    /** How a change of a state is kept, and what those who follow the key get of it. */
    interface Change<E, S, D> {
        byte[] encode(S before, S after, E event);

        D decode(byte[] kept);

        /** Whether it is the state after it, so that the last one need not be encoded again. */
        default boolean isState() {
            return false;
        }
    }

    /**
     * What folding a definition takes.
     *
     * @param isShared whether other processes may fold into the same tables: they learn by the kept
     *     changes which keys have changed, so that some are always kept
     */
    static <E, K, S> Folding<E, K, S> of(
            Projection<? super E, K, S> projection,
            InstantSource clock,
            int changesKept,
            boolean isShared) {
        Codec<K> keys = Codec.of(projection.types().key());
        Codec<S> states = Codec.of(projection.types().state());
        Change<E, S, ?> changes =
                projection instanceof DeltaProjection<? super E, K, S, ?> delta
                        ? differences(delta)
                        : new WholeStates<E, S>(states);
        return new Folding<>(
                projection,
                keys,
                states,
                changes,
                clock,
                isShared ? Math.max(1, changesKept) : changesKept,
                projection.keysInMemory(),
                isShared);
    }

    /** A life of the states, of which nothing is in memory yet. */
    Epoch<K, S> epoch(FoldTables.EpochRow row, FoldTables tables, String log) {
        return epoch(row, tables.of(row), log);
    }

    /** The same with rows that are read in some way. */
    Epoch<K, S> epoch(FoldTables.EpochRow row, EpochTables tables, String log) {
        return new Epoch<>(row, tables, log, keys, states, keysInMemory, isShared);
    }

    /** The same, all of which is to stay in memory. */
    Epoch<K, S> epochInMemory(FoldTables.EpochRow row, EpochTables tables, String log) {
        return new Epoch<>(row, tables, log, keys, states, HeldStates.ALL, isShared);
    }

    private static <E, K, S, D> Change<E, S, D> differences(
            DeltaProjection<? super E, K, S, D> delta) {
        return new Differences<>(delta, Codec.of(delta.deltaType()));
    }

    private record Differences<E, K, S, D>(
            DeltaProjection<? super E, K, S, D> delta, Codec<D> codec) implements Change<E, S, D> {
        @Override
        public byte[] encode(S before, S after, E event) {
            return codec.encode(delta.delta(before, after, event));
        }

        @Override
        public D decode(byte[] kept) {
            return codec.decode(kept);
        }
    }

    private record WholeStates<E, S>(Codec<S> states) implements Change<E, S, S> {
        @Override
        public byte[] encode(S before, S after, E event) {
            return states.encode(after);
        }

        @Override
        public S decode(byte[] kept) {
            return states.decode(kept);
        }

        @Override
        public boolean isState() {
            return true;
        }
    }

    /** What is to be done about an event for which a function of the definition threw. */
    Fault.Answer answer(Recorded<E> recorded, int attempt, Throwable cause) {
        try {
            return projection.answer(new Fault<>(of(recorded), attempt, cause));
        } catch (RuntimeException | StackOverflowError e) {
            cause.addSuppressed(e);
            return Fault.park();
        }
    }

    /** An event as one of any class it has. */
    private static <X> Recorded<X> of(Recorded<? extends X> recorded) {
        return new Recorded<>(
                recorded.position(), recorded.id(), recorded.time(), recorded.event());
    }

    String name() {
        return projection.name();
    }
}
