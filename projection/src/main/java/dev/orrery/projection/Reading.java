package dev.orrery.projection;

import dev.orrery.log.Position;
import java.time.Duration;

/**
 * A state and how fresh it is. Immutable.
 *
 * @param state the state
 * @param epoch names the life of the version numbers; a projection folded anew has another
 * @param version how often the state changed in this epoch
 * @param position the newest event folded into this state
 * @param age zero when the projection had folded all its log held; else the time since the newest
 *     event it did fold
 */
public record Reading<S>(S state, String epoch, long version, Position position, Duration age) {}
