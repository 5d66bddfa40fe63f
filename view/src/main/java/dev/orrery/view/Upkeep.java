package dev.orrery.view;

/**
 * What was done to keep a view up since it was opened. Immutable.
 *
 * @param looked commits that changed what the view reads
 * @param changed those that changed its rows or its value
 * @param patches steps told to whoever follows the window, or values told
 * @param moves the patches among them that move a row
 */
public record Upkeep(long looked, long changed, long patches, long moves) {}
