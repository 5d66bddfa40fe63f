package dev.orrery.query;

/**
 * What was done for one key of a query since it was first asked for. Immutable.
 *
 * @param computed how often the body ran to an end
 * @param untouched commits that came while a result was remembered and did not visit it
 */
public record PerKey(long computed, long untouched) {}
