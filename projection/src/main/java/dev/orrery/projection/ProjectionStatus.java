package dev.orrery.projection;

import dev.orrery.core.OrreryException;
import dev.orrery.log.Position;

/** What a running projection is doing. Immutable. */
public sealed interface ProjectionStatus {
    /** Folding events as they come. */
    record Following() implements ProjectionStatus {}

    /**
     * Folded by another process that shares the database; its states are shown here as it stores
     * them, and this one takes over when that one ends or is not heard of.
     *
     * @param holder which process that is, for people
     */
    record StandingBy(String holder) implements ProjectionStatus {}

    /**
     * Folding all events anew into a new epoch; what is served are the states from before, which
     * stand still.
     *
     * @param reached how far the new epoch is
     */
    record Rebuilding(Position reached) implements ProjectionStatus {}

    /**
     * Stopped by an error that no key can be parked for. Its states stay readable, nothing is lost,
     * and it goes on from its position when it is run again.
     *
     * @param after the newest event folded
     * @param cause what went wrong
     */
    record Failed(Position after, OrreryException cause) implements ProjectionStatus {}

    /** Closed together with what runs it. */
    record Stopped() implements ProjectionStatus {}
}
