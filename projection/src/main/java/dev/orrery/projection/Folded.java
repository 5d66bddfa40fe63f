package dev.orrery.projection;

import dev.orrery.core.Commit;

/**
 * The events that a commit shows the effect of: the origin of a projection's commits. Immutable.
 *
 * @param log the log's name
 * @param first the position of the first event
 * @param last the position of the last event
 */
public record Folded(String log, long first, long last) implements Commit.Origin {}
