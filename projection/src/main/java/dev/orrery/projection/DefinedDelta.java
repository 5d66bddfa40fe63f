package dev.orrery.projection;

import dev.orrery.core.Type;
import java.util.Collection;

/** A projection with differences as a value. Immutable. */
record DefinedDelta<E, K, S, D>(
        Defined<E, K, S> folded,
        Type<D> deltaType,
        Projection.Difference<? super S, ? super E, ? extends D> difference)
        implements DeltaProjection<E, K, S, D> {
    /** The differences of one definition over the fold of another. */
    static <E, K, S, D> DeltaProjection<E, K, S, D> of(
            DeltaProjection<E, K, S, D> differing, Defined<E, K, S> folded) {
        return new DefinedDelta<>(folded, differing.deltaType(), differing::delta);
    }

    @Override
    public String name() {
        return folded.name();
    }

    @Override
    public int version() {
        return folded.version();
    }

    @Override
    public Types<E, K, S> types() {
        return folded.types();
    }

    @Override
    public Collection<? extends K> keys(E event) {
        return folded.keys(event);
    }

    @Override
    public S initial(K key) {
        return folded.initial(key);
    }

    @Override
    public S apply(S state, E event) {
        return folded.apply(state, event);
    }

    @Override
    public boolean removes(S state) {
        return folded.removes(state);
    }

    @Override
    public Fault.Answer answer(Fault<E> fault) {
        return folded.answer(fault);
    }

    @Override
    public String keyColumn() {
        return folded.keyColumn();
    }

    @Override
    public int keysInMemory() {
        return folded.keysInMemory();
    }

    @Override
    public D delta(S before, S after, E event) {
        return difference.between(before, after, event);
    }

    @Override
    public String toString() {
        return folded.toString();
    }
}
