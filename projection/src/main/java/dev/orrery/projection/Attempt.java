package dev.orrery.projection;

import dev.orrery.log.Recorded;

/**
 * One attempt at an effect for one event: what its body is given. Immutable.
 *
 * @param recorded the event and its place
 * @param deduplicationKey 32 hexadecimal digits, the same at every attempt at this effect for this
 *     event, and for no other: hand it to the receiver, as an {@code Idempotency-Key} say, so that
 *     what comes twice counts once there
 * @param number counts the attempts whose end became known, from one on
 */
public record Attempt<E>(Recorded<E> recorded, String deduplicationKey, int number) {
    /** The event. */
    public E event() {
        return recorded.event();
    }

    /** The event's id in its log. */
    public String id() {
        return recorded.id();
    }
}
