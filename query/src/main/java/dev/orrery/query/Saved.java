package dev.orrery.query;

import dev.orrery.core.Revision;

/**
 * What a save wrote. Immutable.
 *
 * @param revision everything saved so far is true at this revision
 * @param facts how many keys of inputs were written, removed ones included
 * @param memos how many results were written
 * @param bytes the length of the records, zero when there was nothing to write
 */
public record Saved(Revision revision, long facts, long memos, long bytes) {}
