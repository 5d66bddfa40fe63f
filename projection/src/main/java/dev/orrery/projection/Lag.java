package dev.orrery.projection;

import java.time.Duration;

/**
 * How far a projection is behind its log. Immutable.
 *
 * @param events how many events are not folded yet
 * @param age zero without such events; else the time since the newest folded event was appended
 */
public record Lag(long events, Duration age) {
    /** Whether everything is folded. */
    public boolean isNone() {
        return events == 0;
    }
}
