package dev.orrery.projection;

import dev.orrery.core.Type;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * A projection that says of each change what it was: those who follow a key get the difference, not
 * the state.
 *
 * @param <D> the differences
 */
public interface DeltaProjection<E, K, S, D> extends Projection<E, K, S> {
    /** What a difference is. */
    Type<D> deltaType();

    /** The difference an event made; not asked when the state stayed equal or was removed. */
    D delta(S before, S after, E event);

    @Override
    default DeltaProjection<E, K, S, D> named(String name) {
        return DefinedDelta.of(this, Defined.like(this).withName(name));
    }

    @Override
    default DeltaProjection<E, K, S, D> version(int version) {
        return DefinedDelta.of(this, Defined.like(this).withVersion(version));
    }

    @Override
    default DeltaProjection<E, K, S, D> keyColumn(String name) {
        return DefinedDelta.of(this, Defined.like(this).withKeyColumn(name));
    }

    @Override
    default DeltaProjection<E, K, S, D> keysInMemory(int most) {
        return DefinedDelta.of(this, Defined.like(this).withKeysInMemory(most));
    }

    @Override
    default DeltaProjection<E, K, S, D> removeWhen(Predicate<? super S> gone) {
        return DefinedDelta.of(this, Defined.like(this).withRemoval(gone));
    }

    @Override
    default DeltaProjection<E, K, S, D> onFault(
            Function<? super Fault<E>, ? extends Fault.Answer> answer) {
        return DefinedDelta.of(this, Defined.like(this).withAnswer(answer));
    }
}
