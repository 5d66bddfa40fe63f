package dev.orrery;

import dev.orrery.core.Cursor;

/**
 * An entry that a session has handed to its socket, the first to do so. Immutable.
 *
 * @param bytes the entry as that session encoded it
 * @param nanos when it was handed over
 */
record SentEntry(String channel, Cursor.Numbered place, int bytes, long nanos) {}
