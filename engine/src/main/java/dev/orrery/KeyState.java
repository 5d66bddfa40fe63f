package dev.orrery;

/**
 * What was done for a key of a query: the value of its entry in the channel {@code engine:queries}.
 * Immutable.
 *
 * @param computed how often its body ran
 * @param spared commits that came while its result was remembered and did not visit it
 */
public record KeyState(long computed, long spared) {}
