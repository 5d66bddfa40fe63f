package dev.orrery.channel;

import dev.orrery.core.Cursor;

/** What follows a {@link Beginning}. */
public sealed interface Message {
    /** The place after this message. */
    Cursor cursor();

    /** One numbered entry: a message, or what changed in a state. */
    record Entry(Cursor cursor, Object value) implements Message {}

    /**
     * The reader was too slow and entries it needs are no longer held. Nothing follows that
     * connects to what it has: it attaches again and says where it was.
     */
    record Gap(Cursor cursor) implements Message {}
}
