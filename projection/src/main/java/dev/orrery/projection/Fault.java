package dev.orrery.projection;

import dev.orrery.core.OrreryException.Invalid;
import dev.orrery.log.Recorded;
import java.time.Duration;

/**
 * A user's function that threw for an event; whoever defined it says what is to be done. Immutable.
 *
 * @param recorded the event
 * @param attempt how often the function was tried for it by now, from one on
 * @param cause what it threw
 */
public record Fault<E>(Recorded<E> recorded, int attempt, Throwable cause) {
    private static final int USUAL_ATTEMPTS = 3;

    /** What is to be done about a fault. */
    public sealed interface Answer {}

    /**
     * Try again later; the key's other events wait behind this one.
     *
     * @param delay how much later, not negative
     */
    public record Retry(Duration delay) implements Answer {
        public Retry {
            if (delay.isNegative()) {
                throw new Invalid("delay of a retry", "is not negative", delay);
            }
        }
    }

    /** Set the key aside, its other events behind this one, until somebody decides. */
    public record Park() implements Answer {}

    /** Leave this event out for ever. */
    public record Skip() implements Answer {}

    /** Stop everything of this definition before this event. */
    public record Stop() implements Answer {}

    /** The event. */
    public E event() {
        return recorded.event();
    }

    /** {@link Retry} after a time. */
    public static Answer retryIn(Duration delay) {
        return new Retry(delay);
    }

    /** {@link Park}. */
    public static Answer park() {
        return new Park();
    }

    /** {@link Skip}. */
    public static Answer skip() {
        return new Skip();
    }

    /** {@link Stop}. */
    public static Answer stop() {
        return new Stop();
    }

    /**
     * {@link Retry} after delays that double, {@link Park} when it was tried often enough.
     *
     * @param attempts how often it is tried at most
     * @param first the delay after the first attempt
     * @param longest no delay is longer
     */
    public Answer retryThenPark(int attempts, Duration first, Duration longest) {
        if (attempt >= attempts) {
            return park();
        }
        Duration delay = first;
        for (int doubled = 1; doubled < attempt && delay.compareTo(longest) < 0; doubled++) {
            delay = delay.multipliedBy(2);
        }
        return retryIn(delay.compareTo(longest) < 0 ? delay : longest);
    }

    /**
     * What is done unless a definition says otherwise: three attempts at once, then it is parked.
     */
    static Answer usual(Fault<?> fault) {
        return fault.attempt() < USUAL_ATTEMPTS ? retryIn(Duration.ZERO) : park();
    }
}
