package dev.orrery.projection;

import java.time.Duration;

/**
 * How far a projection or an effect is behind its log. Immutable.
 *
 * @param events how many events are not folded, or handled, yet
 * @param age zero without such events; else the time since the oldest of them was appended
 */
public record Lag(long events, Duration age) {
    /** Whether everything is folded. */
    public boolean isNone() {
        return events == 0;
    }
}
