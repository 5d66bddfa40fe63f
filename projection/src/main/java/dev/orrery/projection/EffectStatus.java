package dev.orrery.projection;

import dev.orrery.core.OrreryException;
import dev.orrery.log.Position;

/** What a running effect is doing. Immutable. */
public sealed interface EffectStatus {
    /** Handling events as they come. */
    record Working() implements EffectStatus {}

    /**
     * Waiting while another process that shares the database does it; this one takes over when that
     * one ends, or is not heard of for the length of a lease.
     */
    record StandingBy() implements EffectStatus {}

    /**
     * Stopped by an answer to a fault, or by an error that no key can be parked for. Nothing is
     * lost, and it goes on from its position when it is run again.
     *
     * @param after everything up to here is handled
     * @param cause what went wrong
     */
    record Failed(Position after, OrreryException cause) implements EffectStatus {}

    /** Closed together with what runs it. */
    record Stopped() implements EffectStatus {}
}
