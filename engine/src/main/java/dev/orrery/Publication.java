package dev.orrery;

import dev.orrery.core.Cursor;

/**
 * Something that was published to a channel because of a commit. Immutable.
 *
 * @param channel the channel's name
 * @param place the place after it; for several patches that are one entry, of that entry
 * @param patches how many patches it is
 * @param nanos when it was published
 */
record Publication(String channel, Cursor.Numbered place, long patches, long nanos) {
    /** Whether somebody who has an entry of a channel, up to its place, has this. */
    boolean isIn(SentEntry entry) {
        return entry.channel().equals(channel)
                && entry.place().epoch().equals(place.epoch())
                && entry.place().offset() >= place.offset();
    }
}
